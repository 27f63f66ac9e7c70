package attribute_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/attribute"
)

var update = flag.Bool("update", false, "write the reference page anew")

const referencePage = "../../fixtures/documents/reference/guild-yml.md"

// TestReference: the reference page is generated from this table.
func TestReference(t *testing.T) {
	var page bytes.Buffer
	if err := attribute.WriteReference(&page); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(referencePage, page.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(have), page.String()); d != "" {
		t.Errorf("the page is not current; 'go test ./opdef/attribute -update' writes it (-page +table):\n%s", d)
	}
}

// TestTable looks for entries of the table that are missing or duplicated.
func TestTable(t *testing.T) {
	types := map[attribute.Type]bool{}
	for _, p := range attribute.Places() {
		seen := map[string]bool{}
		for _, a := range attribute.Of(p) {
			if seen[a.Name] {
				t.Errorf("%s has '%s' twice", p, a.Name)
			}
			seen[a.Name], types[a.Type] = true, true
			if a.Type == "" || a.Since() == "" || !strings.HasSuffix(a.Description, ".") {
				t.Errorf("%s: '%s' lacks something: %+v", p, a.Name, a)
			}
		}
		for _, name := range p.Required() {
			if !seen[name] {
				t.Errorf("%s requires '%s', which it does not have", p, name)
			}
		}
	}
	if len(types) < 25 {
		t.Errorf("only %d types are used", len(types))
	}
	if got := attribute.PlacesOf("choices"); len(got) != 1 || got[0] != attribute.Flag {
		t.Errorf("places of choices are %v", got)
	}
	if _, ok := attribute.Find(attribute.Operation, "needed"); ok {
		t.Error("an operation has the attribute of a step")
	}
}
