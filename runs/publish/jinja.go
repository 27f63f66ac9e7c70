package publish

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nikolalohinski/gonja/v2"
	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/loaders"

	"guild/runs/pattern"
)

// Guild AI's templates are in the language Jinja. The names in this file are those that such templates use.

// jinjaDefault is the directory of the default template, as templates that extend or include parts of it name it.
const jinjaDefault = "publish-default"

// inJinja matches what occurs only in Jinja templates. Expressions look the same in Go's text/template, except that names there begin with
// a dot.
var inJinja = pattern.Lazy(`\{%[-+]?\s*(block|extends|include|import|from|for|if|set|macro|raw|filter|with)\b|` +
	`\{\{[-+]?\s*(run|flags|scalars|output|runs|runfiles|sourcecode)\b`)

// isJinja reports whether a page or part in dir is written in the language Jinja.
func isJinja(dir fs.FS, only string) (found bool, err error) {
	err = fs.WalkDir(dir, ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || only != "" && file != only && !isPart(file) {
			return err
		}
		content, err := fs.ReadFile(dir, file)
		if err == nil && isText(content) && inJinja().Match(content) {
			found = true
			return fs.SkipAll
		}
		return err
	})
	return found, err
}

func isText(content []byte) bool {
	return utf8.Valid(content) && !strings.Contains(string(content), "\x00")
}

// parseJinja is parse for a template in the language Jinja.
func parseJinja(name string, dir fs.FS, only string) (*Template, error) {
	t := &Template{map[string]page{}, map[string][]byte{}}
	parts, err := parseParts(builtinDir("default"))
	if err == nil {
		err = fs.WalkDir(dir, ".", func(file string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || isPart(file) || only != "" && file != only {
				return err
			}
			content, err := fs.ReadFile(dir, file)
			switch {
			case err != nil:
				return err
			case !isText(content):
				t.files[file] = content
				return nil
			}
			t.pages[file], err = newJinjaPage(dir, file, parts)
			return err
		})
	}
	if err == nil && only == "" && t.pages[mainPage] == nil {
		t.pages[mainPage] = parts.Lookup(defaultPage)
	}
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	return t, nil
}

// jinjaPage is a page in the language Jinja.
type jinjaPage struct {
	file     string
	template *exec.Template
	parts    executor
}

// executor executes parts of the default template.
type executor interface {
	ExecuteTemplate(w io.Writer, name string, data any) error
}

func newJinjaPage(dir fs.FS, file string, parts executor) (p *jinjaPage, err error) {
	defer func() {
		if v := recover(); v != nil { // the parser panics on some wrong input
			p, err = nil, fmt.Errorf("%s: %v", file, v)
		}
	}()
	environment := &exec.Environment{
		Context:           gonja.DefaultContext,
		Filters:           exec.NewFilterSet(map[string]exec.FilterFunction{}).Update(builtins.Filters).Update(jinjaFilters()),
		Tests:             builtins.Tests,
		ControlStructures: builtins.ControlStructures,
		Methods:           builtins.Methods,
	}
	t, err := exec.NewTemplate(file, config.New(), &jinjaLoader{dir}, environment)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, shortened(err))
	}
	return &jinjaPage{file, t, parts}, nil
}

// Execute writes the page for the data that pages in Go's language get too.
func (p *jinjaPage) Execute(w io.Writer, data any) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%s: %v", p.file, v)
		}
	}()
	vars, _ := data.(map[string]any)
	context := jinjaData(vars)
	context["guild_default_part"] = func(name string) (string, error) {
		var b strings.Builder
		err := p.parts.ExecuteTemplate(&b, name, data)
		return b.String(), err
	}
	var b strings.Builder
	if err := p.template.Execute(&b, exec.NewContext(context)); err != nil {
		return fmt.Errorf("%s: %w", p.file, shortened(err))
	}
	text := blankLines().ReplaceAllString(strings.Trim(b.String(), "\n"), "\n\n") + "\n"
	_, err = io.WriteString(w, text)
	return err
}

// blankLines matches several blank lines, which blocks without text leave behind.
var blankLines = pattern.Lazy(`\n\n\n+`)

var atLine = pattern.Lazy(`(?i)line[ =](\d+)`)

// shortened returns the last part of an error of the library, with the line. The rest is a chain of the library's own steps and the text
// of the template.
func shortened(err error) error {
	text := err.Error()
	last := text[strings.LastIndex(text, ": ")+1:]
	if lines := atLine().FindAllStringSubmatch(text, -1); len(lines) > 0 {
		return fmt.Errorf("line %s: %s", lines[len(lines)-1][1], strings.TrimSpace(last))
	}
	return errors.New(strings.TrimSpace(last))
}

// jinjaLoader finds templates in a directory, then those of the default template.
type jinjaLoader struct{ dir fs.FS }

// Inherit returns the loader: all names are relative to the directory.
func (l *jinjaLoader) Inherit(string) (loaders.Loader, error) { return l, nil }

var listed = pattern.Lazy(`'([^']*)'`)

// Resolve returns the name of a template that exists. Of a list, which comes as its text, it returns the first one that does.
func (l *jinjaLoader) Resolve(name string) (string, error) {
	names := []string{name}
	if strings.HasPrefix(name, "[") {
		names = nil
		for _, m := range listed().FindAllStringSubmatch(name, -1) {
			names = append(names, m[1])
		}
	}
	for _, n := range names {
		if r, err := l.Read(n); err == nil && r != nil {
			return n, nil
		}
	}
	return "", fmt.Errorf("there is no template '%s'", strings.Join(names, "' or '"))
}

// Read returns the text of a template.
func (l *jinjaLoader) Read(name string) (io.Reader, error) {
	name = path.Clean(name)
	content, err := fs.ReadFile(l.dir, name)
	if err == nil {
		return strings.NewReader(string(content)), nil
	}
	if part, ok := strings.CutPrefix(name, jinjaDefault+"/"); ok {
		if isPart(part) {
			if _, err := fs.Stat(builtinDir("default"), part); err == nil {
				return strings.NewReader(`{{ guild_default_part("` + part + `")|trim }}`), nil
			}
		}
		if part == mainPage {
			return strings.NewReader(jinjaDefaultPage()), nil
		}
	}
	return nil, err
}

// jinjaData returns the variables of a page. Rows of tables have texts only, as those that Guild AI reads from CSV files.
func jinjaData(data map[string]any) map[string]any {
	out := maps.Clone(data)
	for _, name := range []string{"scalars", "runfiles", "sourcecode", "images"} {
		if rows, ok := data[name].([]map[string]any); ok {
			out[name] = textRows(rows)
		}
	}
	if run, ok := data["run"].(map[string]any); ok {
		run = maps.Clone(run)
		operation := fmt.Sprint(run["operation"])
		model, name, found := strings.Cut(operation, ":")
		if !found {
			model, name = "", operation
		}
		run["model"], run["op_name"], run["short_id"] = model, name, shortID(fmt.Sprint(run["id"]))
		run["images"], run["flags"] = out["images"], out["flags"]
		out["run"] = run
	}
	return out
}

func textRows(rows []map[string]any) []map[string]any {
	out := make([]map[string]any, len(rows))
	for i, row := range rows {
		out[i] = make(map[string]any, len(row)+1)
		for name, v := range row {
			out[i][name] = raw(v)
		}
		if link, ok := row["link"]; ok {
			out[i]["url"] = link
		}
	}
	return out
}

// jinjaFilters returns the filters of Guild AI's templates.
func jinjaFilters() *exec.FilterSet {
	same := func(_ *exec.Evaluator, in *exec.Value, _ *exec.VarArgs) *exec.Value { return in }
	onText := func(f func(string) string) exec.FilterFunction {
		return func(_ *exec.Evaluator, in *exec.Value, _ *exec.VarArgs) *exec.Value {
			return exec.AsValue(f(in.String()))
		}
	}
	item := func(name string) exec.FilterFunction {
		return func(_ *exec.Evaluator, in *exec.Value, _ *exec.VarArgs) *exec.Value {
			v, _ := in.GetItem(name)
			return v
		}
	}
	return exec.NewFilterSet(map[string]exec.FilterFunction{
		"csv_dict_rows": same, // the tables are rows already
		"empty": func(_ *exec.Evaluator, in *exec.Value, _ *exec.VarArgs) *exec.Value {
			if in.IsNil() {
				return exec.AsValue("")
			}
			return in
		},
		"file_size": onText(func(s string) string { return fileSize(number(s)) }),
		"flag_val": func(_ *exec.Evaluator, in *exec.Value, _ *exec.VarArgs) *exec.Value {
			return exec.AsValue(text(in.Interface()))
		},
		"images":       item("images"),
		"nbhyph":       onText(nonBreakingHyphens),
		"nbsp":         onText(func(s string) string { return strings.ReplaceAll(s, " ", "&nbsp;") }),
		"runfile_link": onText(func(s string) string { return "runfiles/" + s }),
		"scalar_key":   item("key"),
		"short_id":     onText(shortID),
		"utc_date":     onText(func(s string) string { return utcDate(number(s)) }),
	})
}

// number returns the int64 that a text spells, nil if it spells none.
func number(s string) any {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil
	}
	return n
}
