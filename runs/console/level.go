package console

import (
	"fmt"
	"strconv"
	"strings"
)

// Levels of log lines, as Python's logging numbers them.
const (
	LevelDebug   = 10
	LevelInfo    = 20
	LevelWarning = 30
	LevelError   = 40
)

// LevelOf returns the number of a level, which is a number or a name. It returns def if level is neither.
func LevelOf(level string, def int) int {
	if n, err := strconv.Atoi(level); err == nil {
		return n
	}
	switch strings.ToUpper(level) {
	case "DEBUG":
		return LevelDebug
	case "INFO":
		return LevelInfo
	case "WARN", "WARNING":
		return LevelWarning
	case "ERROR":
		return LevelError
	}
	return def
}

// CheckLogLevel returns an error for an invalid LOG_LEVEL. Such a variable counts as not set.
func CheckLogLevel(getenv func(string) string) error {
	level := getenv("LOG_LEVEL")
	if level == "" || LevelOf(level, -1) == LevelOf(level, -2) {
		return nil
	}
	return fmt.Errorf("LOG_LEVEL is %q, which is no level, and is ignored: use DEBUG, INFO, WARNING, ERROR or a number", level)
}

// LogLevel returns the level of the variable LOG_LEVEL: lines of a lower level are not logged. It is LevelInfo if the variable is not set.
func LogLevel(getenv func(string) string) int { return LevelOf(getenv("LOG_LEVEL"), LevelInfo) }
