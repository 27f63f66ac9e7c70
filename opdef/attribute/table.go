package attribute

import (
	"sync"

	"guild/opdef/runoption"
)

// Places returns all places, in the order of the reference page.
func Places() []Place {
	return []Place{Model, Config, Include, Package, Operation, Flag, Choice, Step, Check, Resource, Source, Rename, Sourcecode, Rule, FileKind,
		Optimizer, Objective, Publish}
}

// index has the attributes by place. It is built when a guild.yml is first read.
var index = sync.OnceValue(func() map[Place][]Attribute {
	out := map[Place][]Attribute{}
	for _, list := range [][]Attribute{objects(), operations(), flags(), steps(), dependencies(), sourcecode(), batches()} {
		for _, a := range list {
			for _, p := range a.Places {
				out[p] = append(out[p], a)
			}
		}
	}
	return out
})

func objects() []Attribute {
	both, model := []Place{Model, Config}, []Place{Model}
	return []Attribute{
		{Name: "model", Type: Text, Places: model, Description: "Name of the model. Its operations are run as `MODEL:OPERATION`."},
		{Name: "config", Type: Text, Places: []Place{Config}, Description: "Name of the config, for `extends` and `$include`."},
		{Name: "include", Type: Texts, Places: []Place{Include},
			Description: "Other files whose objects are added: paths relative to this file, or names of Python packages."},
		{Name: "package", Type: Text, Places: []Place{Package}, Description: "Name of a package. What is said of it changes nothing here.", Ignored: true},
		{Name: "description", Type: Text, Places: []Place{Model, Config, Operation, Flag, Choice, Resource, Source},
			Description: "Text for people. Listings show its first line."},
		{Name: "default", Type: Switch, Places: both, Description: "Whether an operation named without a model is one of this model."},
		{Name: "extends", Type: Texts, Places: both,
			Description: "Models and configs whose attributes are inherited, as `NAME` or `PACKAGE/NAME`. The first that has an attribute counts."},
		{Name: "params", Type: Mapping, Places: both, Description: "Values that replace `{{NAME}}` in the texts of the object."},
		{Name: "operations", Type: Operations, Places: both, Description: "Operations by name."},
		{Name: "operation-defaults", Type: Defaults, Places: both, Description: "Attributes of each operation that does not have its own."},
		{Name: "flags", Type: Flags, Places: both, Description: "Flags that operations take over with `$include`."},
		{Name: "sourcecode", Type: Selection, Places: []Place{Model, Config, Operation},
			Description: "Which files are copied to the run as source code. Rules of an operation are added to those of its model."},
		{Name: "resources", Type: Resources, Places: both, Description: "Resources by name, for `requires` of operations."},
		{Name: "references", Type: Value, Places: []Place{Model, Config, Operation, Resource, Source}, Description: "Links for readers.", Ignored: true},
		{Name: "plugins", Type: Value, Places: []Place{Model, Config, Operation}, Description: "Plugins of Guild AI.", Ignored: true},
		{Name: "disable-plugins", Type: Value, Places: []Place{Model, Config, Operation}, Description: "Plugins of Guild AI that are not used.", Ignored: true},
		{Name: "python-requires", Type: Value, Places: []Place{Model, Config, Operation},
			Description: "Versions of Python that Guild AI makes environments for.", Ignored: true},
		{Name: "extra", Type: Value, Places: both, Description: "Anything, for other programs.", Ignored: true},
	}
}

func operations() []Attribute {
	list := []Attribute{
		{Name: "main", Type: Text, Description: "Python module or script to run, with arguments. By default it has the name of the operation."},
		{Name: "exec", Type: Text, Description: "Command to run. There is no shell. `${NAME}` is the value of a flag, `${flag_args}` are all flags as options."},
		{Name: "notebook", Type: Text, Description: "Jupyter notebook, R script or Quarto document to run, with options."},
		{Name: "steps", Type: Steps, Description: "Operations to run one after the other, or in parallel with `--workers`."},
		{Name: "default", Type: Switch, Description: "Whether `guild run` without a name runs this operation."},
		{Name: "flags", Type: Flags, Description: "Flags by name."},
		{Name: "flags-import", Type: Import,
			Description: "Flags of the script that are taken over: `yes` or `all`, `no`, or a list of names. By default those that are defined are completed."},
		{Name: "flags-import-skip", Type: Texts, Description: "Flags of the script that are not taken over."},
		{Name: "flags-dest", Type: Text, Description: "Where values of flags go: `args`, `args:LIBRARY`, `globals`, `global:NAME`, `dict:NAME`, " +
			"`namespace:NAME`, `config:FILE`, the name of a config file, or `none`. By default the script tells."},
		{Name: "default-flag-arg-skip", Type: Switch, Description: "Default of `arg-skip` for the flags."},
		{Name: "label", Type: Text, Description: "Template of the label of runs. `${NAME}` is the value of a flag."},
		{Name: "tags", Type: Texts, Description: "Tags of runs."},
		{Name: "run-attrs", Type: Mapping, Description: "Attributes of runs, for people and other programs."},
		{Name: "requires", Type: Requires, Description: "What the run needs in its directory before it starts: sources, resources, or names of resources."},
		{Name: "env", Type: Variables, Description: "Environment variables. Values may refer to flags. `all` records the whole environment of the run with it, without secrets."},
		{Name: "env-secrets", Type: Texts, Description: "Names of variables whose values are recorded nowhere."},
		{Name: "python-path", Type: Texts, Description: "Directories to import from, relative to the project."},
		{Name: "python", Type: Text, Description: "Python environment or interpreter: a path relative to this file, a name on PATH, or `conda:NAME`. " +
			"By default an environment beside this file (`.venv`, a uv project, conda's `environment.yml`) is used without being activated; `no` turns that off."},
		{Name: "image", Type: Text, Description: "Image of a container in which the operation runs, by apptainer, podman or docker."},
		{Name: "output-scalars", Type: Output, Description: "Patterns that find scalars in the output, or `no`."},
		{Name: "metric-files", Type: Texts, Description: "Files of the run whose numbers are scalars, besides those that are found: paths with `*`, `?` and `**`, " +
			"of tables, JSON lines or JSON. `no`, alone or first, has no others found."},
		{Name: "output-attrs", Type: Output, Description: "Patterns that find attributes of the run in the output, or `no`."},
		{Name: "gpus", Type: Count, Description: "GPUs that a scheduler gives to a run, of those that it shares out. By default 1."},
		{Name: "on-start", Type: Texts, Description: "Shell commands to execute beside the operation when a run starts, see howto/hooks.md."},
		{Name: "on-end", Type: Texts, Description: "Shell commands to execute when a run has ended, whatever its outcome."},
		{Name: "on-fail", Type: Texts, Description: "Shell commands to execute when a run has ended as error or terminated, before those of `on-end`."},
		{Name: "hook-time-limit", Type: Count, Description: "Seconds that each of these commands may take. By default 60."},
		{Name: "compare", Type: Texts, Description: "Columns of comparisons of runs."},
		{Name: "publish", Type: Reports, Description: "What reports of runs are made of."},
		{Name: "pip-freeze", Type: Switch, Description: "Whether runs record the installed Python packages. By default those of Python operations do."},
		{Name: "delete-on-success", Type: Switch, Description: "Whether a run is deleted when it has completed."},
		{Name: "stoppable", Type: Switch, Description: "Whether a run that a user stops counts as completed."},
		{Name: "system-metrics", Type: Switch, Description: "Whether runs record the CPU, memory, I/O and GPUs that they use, as scalars `sys/...`, which is the default."},
		{Name: "optimizers", Type: Optimizers, Description: "Optimizers by name, or a list of names."},
		{Name: "optimizer", Type: OneOptim, Description: "The optimizer."},
		{Name: "objective", Type: Goal, Description: "Column that optimizers minimise, `loss` by default. `-COLUMN` is maximised."},
		{Name: "default-max-trials", Type: Count, Description: "Most trials of a batch that this operation is the optimizer of."},
		{Name: "can-stage-trials", Type: Switch, Description: "Whether an optimizer can stage trials. Each can here.", Ignored: true},
		{Name: "flag-encoder", Type: Text, Description: "Python function that encodes flags for an optimizer.", Ignored: true},
		{Name: "handle-keyboard-interrupt", Type: Switch, Description: "Whether the operation handles Ctrl-C itself. Each can here.", Ignored: true},
		{Name: "nb-cells", Type: Value, Description: "Nothing, in Guild AI too. Its use is warned of.", Ignored: true},
		{Name: "pre-process", Type: Value, Description: "Nothing, in Guild AI too. Its use is warned of.", Ignored: true},
	}
	return in(list, Operation)
}

func flags() []Attribute {
	list := in([]Attribute{
		{Name: "type", Type: FlagType, Description: "Type of the values. Without one, values are what YAML makes of them."},
		{Name: "default", Type: Value, Description: "Value where none is given."},
		{Name: "required", Type: Switch, Description: "Whether a value must be given."},
		{Name: "choices", Type: Choices, Description: "Legal values."},
		{Name: "allow-other", Type: Switch, Description: "Whether values that are no choice are legal too."},
		{Name: "min", Type: Number, Description: "Least legal number."},
		{Name: "max", Type: Number, Description: "Greatest legal number."},
		{Name: "distribution", Type: Text, Description: "How optimizers draw from the range: `uniform` or `log-uniform`."},
		{Name: "null-label", Type: Text, Description: "What is shown in place of a missing value."},
		{Name: "arg-name", Type: Text, Description: "Option or global that takes the value, if it is not named like the flag."},
		{Name: "arg-skip", Type: Switch, Description: "Whether the value is not passed to the program as an option."},
		{Name: "arg-switch", Type: Value, Description: "Value for which the option is passed, alone."},
		{Name: "arg-split", Type: Text, Description: "Separator of the arguments that the value holds; `yes` splits as a shell does."},
		{Name: "arg-encoding", Type: Mapping, Description: "Arguments that stand for values."},
		{Name: "env-name", Type: Text, Description: "Environment variable that takes the value, in place of `FLAG_NAME`."},
		{Name: "env-encoding", Type: Mapping, Description: "Texts that stand for values in the environment."},
		{Name: "nb-replace", Type: Texts, Description: "Regular expressions for where the cells of a notebook have the value."},
	}, Flag)
	return append(list,
		Attribute{Name: "value", Type: Value, Places: []Place{Choice}, Description: "The value. A choice must have it."},
		Attribute{Name: "alias", Type: Value, Places: []Place{Flag, Choice}, Description: "Another name of the flag, or of the value, on the command line."},
		Attribute{Name: "flags", Type: Mapping, Places: []Place{Choice}, Description: "Values of other flags that come with this choice."},
		Attribute{Name: "arg-value", Type: Value, Places: []Place{Choice}, Description: "What is passed to the program in place of the value."},
	)
}

func steps() []Attribute {
	list := in([]Attribute{
		{Name: "run", Type: Text, Description: "Operation to run. Options and flags of `guild run` may follow. A step must have it."},
		{Name: "name", Type: Text, Description: "Name of the step, and of the link to its run. By default it is that of the operation."},
		{Name: "flags", Type: FlagValues, Description: "Values of flags. `${NAME}` is the value of a flag of the operation that has the steps."},
		{Name: "expect", Type: Checks, Description: "What must be true of the run of the step, else the steps fail."},
		{Name: "checks", Type: Checks, Description: "The same as `expect`."},
		{Name: "isolate-runs", Type: Switch, Description: "Whether the step can require only runs of these steps, which is the default."},
	}, Step)
	for _, o := range runoption.All() {
		if o.Attribute == "" {
			continue
		}
		a := Attribute{Name: o.Attribute, Type: Value, Places: []Place{Step}, Description: "Option `" + o.Long() + "` of `guild run`."}
		if !o.TakesValue {
			a.Type = Switch
		}
		if o.Absent != "" {
			a.Description = "Belongs to Guild AI. An operation that has a step with it cannot be run, for " + o.Absent + "."
		}
		list = append(list, a)
	}
	return append(list, in([]Attribute{
		{Name: "output", Type: Text, Description: "Regular expression that the output must match."},
		{Name: "file", Type: Text, Description: "Pattern of paths in the run directory. A file must match it."},
		{Name: "contains", Type: Text, Description: "Regular expression that the files must match."},
		{Name: "compare-to", Type: Text, Description: "Path of a file that the files must be equal to."},
	}, Check)...)
}

func dependencies() []Attribute {
	both := []Place{Resource, Source}
	list := []Attribute{
		{Name: "name", Type: Text, Places: both, Description: "Name in messages and, for a source, of its flag."},
		{Name: "sources", Type: Sources, Places: []Place{Resource}, Description: "Sources of the resource. A resource that is one source needs no list."},
		{Name: "path", Type: Text, Places: both, Description: "The same as `target-path`."},
		{Name: "target-path", Type: Text, Places: both, Description: "Directory in the run that files go to."},
		{Name: "target-type", Type: TargetType, Places: both, Description: "Whether the run gets copies of files or links to them. Copies are made when a run is staged; links are not frozen then."},
		{Name: "preserve-path", Type: Switch, Places: both, Description: "Whether a file keeps its directories."},
		{Name: "default-unpack", Type: Switch, Places: []Place{Resource}, Description: "Default of `unpack` for the sources."},
		{Name: "private", Type: Switch, Places: []Place{Resource}, Description: "Whether the resource is for this file only.", Ignored: true},
	}
	return append(append(list, in([]Attribute{
		{Name: "file", Type: Text, Description: "File or directory, relative to the project. This is one kind of source."},
		{Name: "url", Type: Text, Description: "File to download (`http://`, `https://`), or of this machine (`file:///PATH`). This is one kind of source."},
		{Name: "operation", Type: Text, Description: "Operation whose latest run gives files; several are separated by commas. This is one kind of source."},
		{Name: "config", Type: Text, Description: "Config file that is written with the values of flags. This is one kind of source."},
		{Name: "module", Type: Text, Description: "Python module that must be there. This is one kind of source."},
		{Name: "dvcfile", Type: Text, Description: "File of DVC. An operation that has it cannot be run here."},
		{Name: "dvcstage", Type: Text, Description: "Stage of DVC. An operation that has it cannot be run here."},
		{Name: "resource", Type: Text, Description: "Name of a resource, `NAME` or `MODEL:NAME`, that is required."},
		{Name: "flag-name", Type: FlagName, Description: "Flag whose value replaces the source, or `no` for none."},
		{Name: "sha256", Type: Text, Description: "Digest that the file must have, in hex."},
		{Name: "unpack", Type: Switch, Description: "Whether an archive is unpacked, which is the default."},
		{Name: "type", Type: Text, Description: "Type of the archive: `tar`, `zip` or `gzip`. By default its name tells."},
		{Name: "select", Type: Texts, Description: "Regular expressions of the paths that are used."},
		{Name: "select-min", Type: Texts, Description: "The same, for the one path whose first group is the least number."},
		{Name: "select-max", Type: Texts, Description: "The same, for the one path whose first group is the greatest number."},
		{Name: "rename", Type: Renames, Description: "New name, or `PATTERN REPLACEMENT`."},
		{Name: "replace-existing", Type: Switch, Description: "Whether a file of the run is replaced."},
		{Name: "always-resolve", Type: Switch, Description: "Whether the source is resolved again when the run is started again."},
		{Name: "optional", Type: Switch, Description: "Whether the run starts without the source."},
		{Name: "fail-if-empty", Type: Switch, Description: "Whether it is an error that no file is found."},
		{Name: "warn-if-empty", Type: Switch, Description: "Whether it is warned of that no file is found, which is the default."},
		{Name: "params", Type: Mapping, Description: "Values for a config file, by name."},
		{Name: "help", Type: Text, Description: "What people who lack the source are to do."},
		{Name: "post-process", Type: Text, Description: "Shell command that is run where the files are, before they are used."},
		{Name: "always-pull", Type: Value, Description: "Belongs to DVC.", Ignored: true},
		{Name: "remote", Type: Value, Description: "Belongs to DVC.", Ignored: true},
	}, Source)...), in([]Attribute{
		{Name: "pattern", Type: Text, Description: "Regular expression."},
		{Name: "repl", Type: Text, Description: "What replaces its first match in a name; `\\1` is the first group."},
	}, Rename)...)
}

func sourcecode() []Attribute {
	list := in([]Attribute{
		{Name: "select", Type: Rules, Description: "Rules, or patterns of all files that are copied."},
		{Name: "exclude", Type: Files, Description: "Patterns of files that are not copied."},
		{Name: "root", Type: Text, Description: "Directory that is copied, relative to the project."},
		{Name: "dest", Type: Text, Description: "Directory in the run that it is copied to."},
		{Name: "digest", Type: Switch, Description: "Whether runs record the digest of the source code, which is the default."},
	}, Sourcecode)
	list = append(list, in([]Attribute{
		{Name: "include", Type: Files, Description: "Patterns of files that are copied."},
		{Name: "exclude", Type: Files, Description: "Patterns of files that are not copied."},
	}, Rule)...)
	return append(list, in([]Attribute{
		{Name: "text", Type: Texts, Description: "Patterns of text files."},
		{Name: "binary", Type: Texts, Description: "Patterns of files that are no text."},
		{Name: "file", Type: Texts, Description: "Patterns of files of any kind."},
		{Name: "dir", Type: Texts, Description: "Patterns of directories, with all that is in them."},
	}, FileKind)...)
}

func batches() []Attribute {
	list := in([]Attribute{
		{Name: "algorithm", Type: Text, Description: "Operation that is the optimizer, by default the one of its name."},
		{Name: "default", Type: Switch, Description: "Whether it is the optimizer where none is named."},
	}, Optimizer)
	list = append(list, in([]Attribute{
		{Name: "minimize", Type: Text, Description: "Column that is minimised."},
		{Name: "maximize", Type: Text, Description: "Column that is maximised."},
	}, Objective)...)
	return append(list, in([]Attribute{
		{Name: "files", Type: Selection, Description: "Which files of the run are in the report, by rules as for source code."},
		{Name: "template", Type: Text, Description: "Directory of the template, relative to the project, or the name of one."},
	}, Publish)...)
}

// in sets the place of attributes that belong to one place only.
func in(list []Attribute, place Place) []Attribute {
	for i := range list {
		list[i].Places = []Place{place}
	}
	return list
}
