// Package cmd has the command compare. Other commands choose runs by its type Compared.
package cmd
