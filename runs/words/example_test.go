package words_test

import (
	"fmt"
	"log"

	"guild/runs/words"
)

func ExampleSplit() {
	list, err := words.Split(`train.py --name 'two words' "x=${x}" a\ b`)
	if err != nil {
		log.Fatal(err)
	}
	for _, w := range list {
		fmt.Println(w)
	}
	// Output:
	// train.py
	// --name
	// two words
	// x=${x}
	// a b
}

func ExampleJoin() {
	fmt.Println(words.Join([]string{"echo", "two words", "it's", ""}))
	// Output: echo 'two words' "it's" ''
}
