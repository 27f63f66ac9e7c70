// Package listen reads the addresses that people give a dashboard, listens on them, and limits how many connections there are.
package listen
