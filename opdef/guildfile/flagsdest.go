package guildfile

import (
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/configfile"
	"guild/opdef/program"
	"guild/runs/pyyaml"
)

// flagsDest reads a destination. The name of a config file alone is that file.
func (p *opParser) flagsDest(n *yaml.Node) error {
	dest, err := p.text(n, "flags-dest")
	if err != nil {
		return err
	}
	kind, name, named := strings.Cut(dest, ":")
	if !named && dest != program.DestNone && configfile.Known(dest) {
		kind, name, named = program.DestConfig, dest, true
		dest = program.DestConfig + ":" + dest
	}
	p.op.FlagsDest = dest
	switch {
	case dest == "" || dest == program.DestArgs || dest == program.DestGlobals || kind == program.DestArgs && name != "":
		return nil
	case dest == program.DestNone || pyyaml.DecodeScalar(dest) == false:
		p.op.FlagsDest = program.DestNone
		return nil
	case !named || name == "":
	case program.DestGlobal(dest) != "":
		return nil
	case kind == program.DestConfig && !filepath.IsLocal(name):
		return p.errorf(n, "the config file of flags-dest must be one of the project, not '%s'", name)
	case kind == program.DestConfig && !configfile.Known(name):
		p.unsupported(n, "flags-dest '%s' is of no known kind of config file; known are %s", dest, configfile.Kinds)
		return nil
	case kind == program.DestConfig:
		return nil
	}
	return p.errorf(n, "flags-dest must be args, globals, global:NAME, dict:NAME, namespace:NAME, config:FILE, the name of a config file, or none, not '%s'", dest)
}
