package compare_test

import (
	"fmt"
	"log"

	"guild/runs/compare"
)

func ExampleParse() {
	columns, err := compare.Parse("=lr, min loss as best, loss step, .label")
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range columns {
		fmt.Println(c.Heading())
	}
	// Output:
	// lr
	// best
	// loss step
	// label
}
