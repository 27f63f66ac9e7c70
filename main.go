// Command guild runs experiments from a shell and keeps every run as a plain directory.
package main

func main() {}
