package publish

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed all:default index
var builtin embed.FS

// Names of the main page of a report, and of the default main page, which templates can include.
const (
	mainPage    = "README.md"
	defaultPage = "default/" + mainPage
)

// Template is a directory of templates. Text files are pages in the language of Go's text/template, or of Jinja as Guild AI's are; other
// files are copied. Files whose names begin with an underscore are parts, which pages include by that name; they can replace parts of the
// default template. A README.md can extend the default one: it defines some of its blocks and includes `default/README.md`.
type Template struct {
	pages map[string]page   // by path, with slashes
	files map[string][]byte // files to copy, likewise
}

// page is a page in either language.
type page interface {
	Execute(w io.Writer, data any) error
}

// Default returns the built-in template.
func Default() (*Template, error) { return parse("default", builtinDir("default"), "") }

// TemplateIn returns the template in a directory.
func TemplateIn(dir string) (*Template, error) { return parse(dir, os.DirFS(dir), "") }

// SaveDefault writes the built-in template to a new directory, as a start for changes.
func SaveDefault(dir string) error {
	if err := os.CopyFS(dir, builtinDir("default")); err != nil {
		return fmt.Errorf("save the template: %w", err)
	}
	return nil
}

func builtinDir(name string) fs.FS {
	dir, err := fs.Sub(builtin, name)
	if err != nil {
		panic(err) // the name is not a valid path
	}
	return dir
}

// parse reads the template in dir. Messages call it name. If only is not empty, that is the only page.
func parse(name string, dir fs.FS, only string) (*Template, error) {
	if jinja, err := isJinja(dir, only); err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	} else if jinja {
		return parseJinja(name, dir, only)
	}
	t := &Template{map[string]page{}, map[string][]byte{}}
	parts, err := parseParts(dir)
	if err == nil {
		t.pages[mainPage] = parts.Lookup(defaultPage)
		err = fs.WalkDir(dir, ".", func(file string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || isPart(file) || only != "" && file != only {
				return err
			}
			return t.add(parts, dir, file)
		})
	}
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	return t, nil
}

func isPart(file string) bool { return strings.HasPrefix(path.Base(file), "_") }

// parseParts reads the default page and all parts; parts in dir replace default ones.
func parseParts(dir fs.FS) (*template.Template, error) {
	set := template.New("").Option("missingkey=error").Funcs(functions())
	base := builtinDir("default")
	for _, from := range []fs.FS{base, dir} {
		if err := fs.WalkDir(from, ".", func(file string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !isPart(file) {
				return err
			}
			content, err := fs.ReadFile(from, file)
			if err != nil {
				return err
			}
			_, err = parseText(set, file, file, content)
			return err
		}); err != nil {
			return nil, err
		}
	}
	content, err := fs.ReadFile(base, mainPage)
	if err != nil {
		return nil, err
	}
	_, err = parseText(set, defaultPage, defaultPage, content)
	return set, err
}

// add adds a file of dir, as a page if it is text.
func (t *Template) add(parts *template.Template, dir fs.FS, file string) error {
	content, err := fs.ReadFile(dir, file)
	if err != nil {
		return err
	}
	if !isText(content) {
		t.files[file] = content
		return nil
	}
	set, err := parts.Clone() // blocks that one page defines must not affect another
	if err != nil {
		return err
	}
	t.pages[file], err = parseText(set, file, file, content)
	return err
}

// parseText parses a text and adds it to the set.
func parseText(set *template.Template, name, file string, content []byte) (*template.Template, error) {
	text := string(content)
	if isPart(file) { // so that a page can continue the line after an included part
		text = strings.TrimSuffix(text, "\n")
	}
	return set.New(name).Parse(text)
}

// write executes the pages and writes all files to a directory.
func (t *Template) write(dir string, data map[string]any) error {
	for file := range t.pages {
		if err := t.writePage(file, filepath.Join(dir, filepath.FromSlash(file)), data); err != nil {
			return err
		}
	}
	for file, content := range t.files {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(file)), func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

func (t *Template) writePage(file, to string, data map[string]any) error {
	return writeFile(to, func(w io.Writer) error { return t.pages[file].Execute(w, data) })
}

func writeFile(to string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
