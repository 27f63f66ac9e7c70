package pyyaml_test

import (
	"fmt"
	"log"

	"guild/runs/pyyaml"
)

func ExampleDecodeScalar() {
	for _, text := range []string{"yes", "0x1f", "1:30", "1e3", "~", "2026-05-01"} {
		fmt.Printf("%#v\n", pyyaml.DecodeScalar(text))
	}
	// Output:
	// true
	// 31
	// 90
	// 1000
	// <nil>
	// "2026-05-01"
}

func ExampleEncode() {
	data, err := pyyaml.Encode(map[string]any{"version": "1.0", "lr": 0.1, "layers": []any{64, 32}, "debug": nil})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(data))
	// Output:
	// debug: null
	// layers:
	// - 64
	// - 32
	// lr: 0.1
	// version: '1.0'
}
