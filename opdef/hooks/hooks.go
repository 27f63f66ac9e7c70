// Package hooks defines which commands are executed when a run begins and ends, as configured in guild.yml, the user configuration and
// `guild run`.
package hooks

import (
	"cmp"
	"fmt"
	"time"
)

// Hooks are shell commands by event, in the order in which they are executed. The zero value has none.
type Hooks struct {
	Start     []string `yaml:"on-start,omitempty"` // when the operation of a run starts
	End       []string `yaml:"on-end,omitempty"`   // when the run has ended in any way
	Fail      []string `yaml:"on-fail,omitempty"`  // when the run has ended with status error or terminated
	TimeLimit int      `yaml:"hook-time-limit,omitempty"`
}

// DefaultTimeLimit is the time limit for a hook if none is set.
const DefaultTimeLimit = time.Minute

// longestTimeLimit is a day, in seconds: a hook keeps the worker of its run busy.
const longestTimeLimit = 24 * 60 * 60

// Empty reports whether there is no command. A time limit alone does nothing.
func (h Hooks) Empty() bool { return len(h.Start)+len(h.End)+len(h.Fail) == 0 }

// Given reports whether hooks are set, even if they are set to none.
func (h Hooks) Given() bool {
	return h.Start != nil || h.End != nil || h.Fail != nil || h.TimeLimit != 0
}

// Limit returns the time limit for each hook: the one of the last source that sets it.
func Limit(sources ...Hooks) time.Duration {
	seconds := 0
	for _, h := range sources {
		seconds = cmp.Or(h.TimeLimit, seconds)
	}
	return cmp.Or(time.Duration(seconds)*time.Second, DefaultTimeLimit)
}

// CheckTimeLimit returns an error if a number of seconds is not a valid time limit.
func CheckTimeLimit(seconds int) error {
	if seconds < 1 || seconds > longestTimeLimit {
		return fmt.Errorf("%d is no time limit of a hook: give whole seconds from 1 to %d", seconds, longestTimeLimit)
	}
	return nil
}

// Read reads the hooks among the settings of a user configuration. The keys are those of guild.yml; a command is a text or a list of
// texts.
func Read(settings map[string]any) (h Hooks, err error) {
	for key, to := range map[string]*[]string{"on-start": &h.Start, "on-end": &h.End, "on-fail": &h.Fail} {
		if *to, err = texts(key, settings[key]); err != nil {
			return Hooks{}, err
		}
	}
	switch v := settings["hook-time-limit"].(type) {
	case nil:
	case int:
		if err := CheckTimeLimit(v); err != nil {
			return Hooks{}, fmt.Errorf("hook-time-limit: %w", err)
		}
		h.TimeLimit = v
	default:
		return Hooks{}, fmt.Errorf("hook-time-limit: %v is no number of whole seconds", v)
	}
	return h, nil
}

func texts(key string, v any) ([]string, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []any:
		list := make([]string, len(v))
		for i, e := range v {
			text, ok := e.(string)
			if !ok {
				return nil, fmt.Errorf("%s: %v is not a shell command; write a text", key, e)
			}
			list[i] = text
		}
		return list, nil
	}
	return nil, fmt.Errorf("%s: %v is not a shell command; write a text or a list of texts", key, v)
}

// With replaces the commands of each event, and the time limit, by those that are given in anew. An empty command means none.
func (h Hooks) With(anew Hooks) Hooks {
	for _, e := range []struct {
		to   *[]string
		list []string
	}{{&h.Start, anew.Start}, {&h.End, anew.End}, {&h.Fail, anew.Fail}} {
		if e.list != nil {
			*e.to = nonEmpty(e.list)
		}
	}
	h.TimeLimit = cmp.Or(anew.TimeLimit, h.TimeLimit)
	return h
}

func nonEmpty(list []string) (kept []string) {
	for _, text := range list {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}
