package sched

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"guild/runs/console"
)

// What a scheduler starts, and what it has done in the end, is logged without a level (log.Log()): that is what people have it for, and
// `loglevel` is about the rest.

// NewLogger writes lines such as `INFO: [guild] 2026-01-01 12:00:00 Starting Dask scheduler`.
func NewLogger(w io.Writer, level zerolog.Level) zerolog.Logger {
	return zerolog.New(zerolog.ConsoleWriter{
		Out:        w,
		NoColor:    true,
		PartsOrder: []string{zerolog.LevelFieldName, zerolog.TimestampFieldName, zerolog.MessageFieldName},
		FormatLevel: func(v any) string {
			if v == nil { // logged without a level, so that no level hides it
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
