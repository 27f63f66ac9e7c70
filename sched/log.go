package sched

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"guild/runs/console"
)

// The runs that a scheduler starts, and its summary at the end, are logged without a level (log.Log()), so that no `loglevel` hides them.

// NewLogger writes lines such as `INFO: [guild] 2026-01-01 12:00:00 Starting Dask scheduler`.
func NewLogger(w io.Writer, level zerolog.Level) zerolog.Logger {
	return zerolog.New(zerolog.ConsoleWriter{
		Out:        w,
		NoColor:    true,
		PartsOrder: []string{zerolog.LevelFieldName, zerolog.TimestampFieldName, zerolog.MessageFieldName},
		FormatLevel: func(v any) string {
			if v == nil { // logged without a level
				v = zerolog.InfoLevel
			}
			name := strings.ToUpper(fmt.Sprint(v))
			if name == "WARN" {
				name = "WARNING"
			}
			return name + ": [guild]"
		},
		FormatMessage:   func(v any) string { return console.Line(fmt.Sprint(v)) },
		FormatTimestamp: func(any) string { return time.Now().Format(time.DateTime) },
	}).Level(level).With().Timestamp().Logger()
}
