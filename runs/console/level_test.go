package console

import "testing"

func TestLogLevel(t *testing.T) {
	for value, want := range map[string]int{"": 20, "10": 10, "30": 30, "warn": 30, "ERROR": 40, "loud": 20} {
		if got := LogLevel(func(string) string { return value }); got != want {
			t.Errorf("LOG_LEVEL=%s: %d, want %d", value, got, want)
		}
	}
}
