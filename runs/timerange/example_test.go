package timerange_test

import (
	"fmt"
	"log"
	"time"

	"guild/runs/timerange"
)

func ExampleParse() {
	now := time.Date(2026, 5, 6, 14, 35, 0, 0, time.UTC) // a Wednesday
	for _, text := range []string{"today", "this week", "2 hours ago", "last 2 hours", "after 9:00"} {
		r, err := timerange.Parse(text, now)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: from %s", text, r.Start.Format("Jan 2 15:04"))
		if !r.End.IsZero() {
			fmt.Printf(" to %s", r.End.Format("Jan 2 15:04"))
		}
		fmt.Println()
	}
	// Output:
	// today: from May 6 00:00 to May 7 00:00
	// this week: from May 4 00:00 to May 11 00:00
	// 2 hours ago: from May 6 12:00 to May 6 13:00
	// last 2 hours: from May 6 12:35
	// after 9:00: from May 6 09:00
}
