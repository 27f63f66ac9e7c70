// Package listen parses the addresses that users give for a dashboard, listens on them, and limits the number of connections.
package listen
