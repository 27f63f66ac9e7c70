package opdef

import (
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/configfile"
	"guild/opdef/python"
	"guild/runs/pyyaml"
)

// Destinations of flags. Besides these there are DestArgs:LIBRARY, options that are read with a certain library, and the kinds
// that are followed by a colon and a name.
const (
	DestArgs    = "args"    // options of the command
	DestGlobals = "globals" // globals of the Python script
	DestNone    = "none"    // not passed on but as variables

	destGlobal    = "global"    // a global dict or namespace of the script
	destDict      = "dict"      // the same
	destNamespace = "namespace" // the same
	destConfig    = "config"    // a config file, relative to the project
)

// destParam is the global dict or namespace that is the destination, empty if it is another one.
func destParam(dest string) string {
	switch kind, name, _ := strings.Cut(dest, ":"); kind {
	case destGlobal, destDict, destNamespace:
		return name
	}
	return ""
}

// destFile is the config file that is the destination, empty if it is another one.
func destFile(dest string) string {
	if kind, path, _ := strings.Cut(dest, ":"); kind == destConfig {
		return path
	}
	return ""
}

// takesArgs tells whether flags become options of the command.
func takesArgs(dest string) bool {
	return dest != DestNone && destFile(dest) == ""
}

// takesWords tells whether the program gets flags as words of its command, and not as values.
func takesWords(dest string) bool {
	kind, _, _ := strings.Cut(dest, ":")
	return kind == "" || kind == DestArgs || dest == DestParams
}

// scriptDest is the destination as the reader of scripts names it.
func scriptDest(dest string) string {
	if name := destParam(dest); name != "" {
		return python.GlobalPrefix + name
	}
	kind, _, _ := strings.Cut(dest, ":")
	return kind
}

// flagsDest reads a destination. The name of a config file alone is that file.
func (p *opParser) flagsDest(n *yaml.Node) error {
	dest, err := p.text(n, "flags-dest")
	if err != nil {
		return err
	}
	kind, name, named := strings.Cut(dest, ":")
	if !named && dest != DestNone && configfile.Known(dest) {
		kind, name, named = destConfig, dest, true
		dest = destConfig + ":" + dest
	}
	p.op.FlagsDest = dest
	switch {
	case dest == "" || dest == DestArgs || dest == DestGlobals || kind == DestArgs && name != "":
		return nil
	case dest == DestNone || pyyaml.DecodeScalar(dest) == false:
		p.op.FlagsDest = DestNone
		return nil
	case !named || name == "":
	case destParam(dest) != "":
		return nil
	case kind == destConfig && !filepath.IsLocal(name):
		return p.errorf(n, "the config file of flags-dest must be one of the project, not '%s'", name)
	case kind == destConfig && !configfile.Known(name):
		p.unsupported(n, "flags-dest '%s' is of no known kind of config file; known are %s", dest, configfile.Kinds)
		return nil
	case kind == destConfig:
		return nil
	}
	return p.errorf(n, "flags-dest must be args, globals, global:NAME, dict:NAME, namespace:NAME, config:FILE, the name of a config file, or none, not '%s'", dest)
}
