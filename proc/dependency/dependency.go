// Package dependency resolves what a run requires: when it is staged as far as it can be frozen, and the rest at its start. Package resolve
// has the resolution itself; this package connects it with the store and records the result with the run: in the attribute deps and in the
// manifest.
package dependency

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"guild/opdef"
	"guild/opdef/resolve"
	"guild/opdef/resource"
	"guild/proc/invocation"
	"guild/proc/recipe"
	"guild/proc/required"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/manifest"
	"guild/runs/plainfile"
	"guild/runs/words"
)

// originalsDir is the directory below .guild with files that were kept when the run was staged and are resolved later: in a run the config
// files, in a batch the files of which each trial requires another one.
const originalsDir = "originals"

// attr is the run attribute with what was resolved, by resource and source.
const attr = "deps"

// Job resolves what one run requires. It may be used by the owner of the run, or while the run is made.
type Job struct {
	Run    *runs.Run // receives the files
	Recipe *recipe.Recipe
	Values opdef.Values // of the run's flags
	Store  *runs.Store  // nil for a run directory outside of a store
	Batch  *runs.Run    // the batch whose trial the run is; nil for other runs
	Staged time.Time    // when the run that starts now was staged; zero if it was not

	Say   func(line string)                // receives what is done; warnings begin with WARNING
	Debug func(format string, args ...any) // receives details for debugging; may be nil
}

// Of returns the resolution of what a run, or the prototype of a batch, requires by its recipe. store is nil for a run outside of a store.
func Of(store *runs.Store, r *runs.Run) (*Job, error) {
	rec, vals, err := recipe.ReadWithFlags(r)
	return &Job{Run: r, Recipe: rec, Values: vals, Store: store}, err
}

// AtStart resolves what the run requires. If frozen is true, the run was staged for this start, or has never been started: what was
// resolved is not resolved again.
func (j *Job) AtStart(ctx context.Context, frozen bool) error {
	if len(j.Recipe.Requires) == 0 {
		return nil
	}
	r, done, err := j.resolver(ctx)
	if err != nil {
		return err
	}
	r.Frozen = frozen
	entries, err := r.Resolve(ctx, j.Recipe.Requires, done)
	return errors.Join(err, j.record(done, entries))
}

// AtStaging resolves what can be frozen of what the run requires, before the run is staged.
func (j *Job) AtStaging(ctx context.Context) error {
	return j.freeze(ctx, &resolve.Staging{Keep: j.Run.GuildPath(originalsDir)})
}

// AtStagingOfBatch is AtStaging for the prototype of a batch. spec is what the trials are made of.
func (j *Job) AtStagingOfBatch(ctx context.Context, batch *runs.Run, spec *opdef.Batch) error {
	st := &resolve.Staging{Keep: j.Run.GuildPath(originalsDir), KeepTrials: batch.GuildPath(originalsDir)}
	st.Trials, st.Unknown = choices(spec, flagsUsed(j.Recipe.Requires))
	return j.freeze(ctx, st)
}

// LeftToTrials reports whether staging a batch left something to resolve with AtStaging when each trial is made, because it differs between
// the trials.
func LeftToTrials(batch *runs.Run) bool {
	_, err := os.Stat(batch.GuildPath(originalsDir))
	return err == nil
}

func (j *Job) freeze(ctx context.Context, st *resolve.Staging) error {
	if len(j.Recipe.Requires) == 0 {
		return nil
	}
	r, done, err := j.resolver(ctx)
	if err != nil {
		return err
	}
	entries, err := r.Freeze(ctx, j.Recipe.Requires, done, st)
	if err != nil {
		return err
	}
	return j.record(done, entries)
}

// resolver returns what resolves the resources, and the records of what was resolved before.
func (j *Job) resolver(ctx context.Context) (*resolve.Resolver, map[string]any, error) {
	v, err := j.Run.ReadAttr(attr)
	if err != nil {
		return nil, nil, err
	}
	done, _ := v.(map[string]any)
	if done == nil {
		done = map[string]any{}
	}
	placed, err := placed(j.Run)
	if err != nil {
		return nil, nil, err
	}
	finder := &required.Finder{Within: j.Recipe.RunsOf, Self: j.Run.ID, Since: j.Staged, Ended: !j.Staged.IsZero()}
	cache := runs.Open("").CacheDir()
	if j.Store != nil {
		finder.Store = catalog.New(j.Store, nil)
		cache = j.Store.CacheDir()
	}
	originals := []string{j.Run.GuildPath(originalsDir)}
	if j.Batch != nil {
		originals = append(originals, j.Batch.GuildPath(originalsDir))
	}
	return &resolve.Resolver{
		RunDir: j.Run.Dir, Project: j.Recipe.ProjectDir, CmdDir: j.Recipe.CmdDir, Cache: cache,
		Values: j.Values, Flags: j.Recipe.Command.Flags, Force: j.Recipe.ForceDeps, Originals: originals, Placed: placed,
		FindRun: func(operations []string, spec string) (resolve.Run, error) {
			found, err := finder.Find(operations, spec)
			if err == nil {
				err = j.await(ctx, found)
			}
			if err != nil {
				return resolve.Run{}, err
			}
			return resolvedRun(found), nil
		},
		FindAll: func(operations []string) ([]resolve.Run, error) {
			found, err := finder.All(operations)
			list := make([]resolve.Run, len(found))
			for i, r := range found {
				list[i] = resolvedRun(r)
			}
			return list, err
		},
		Import: func(ctx context.Context, module string) error {
			return invocation.ImportModule(ctx, j.Recipe, j.Run, module)
		},
		Say: j.say, Debug: j.Debug,
	}, done, nil
}

func (j *Job) say(line string) {
	if j.Say != nil {
		j.Say(line)
	}
}

// resolvedRun returns a run in the form that the resolver needs.
func resolvedRun(r *runs.Run) resolve.Run {
	return resolve.Run{ID: r.ID, Dir: r.Dir, Generated: func() ([]string, error) { return required.Generated(r) }}
}

// placed returns the files that were put into a run because it requires them, see resolve.Resolver.
func placed(r *runs.Run) (map[string]string, error) {
	entries, err := manifest.Of(r)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, e := range entries {
		if e.Kind == manifest.Dependency && len(e.Source) > 0 {
			files[e.Path] = e.Source[0]
		}
	}
	return files, nil
}

// record records with the run what was resolved.
func (j *Job) record(done map[string]any, entries []resolve.Entry) error {
	return errors.Join(j.Run.SetAttr(attr, done), addToManifest(j.Run, entries))
}

// addToManifest adds a line for each resolved file to the manifest, and removes older lines for the same paths.
func addToManifest(r *runs.Run, entries []resolve.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	old, err := plainfile.Read(r.GuildPath("manifest"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write manifest: %w", err)
	}
	anew := map[string]bool{}
	for _, e := range entries {
		anew[e.Path] = true
	}
	var lines []byte
	for line := range strings.Lines(string(old)) {
		if parts, err := words.Split(line); err == nil && len(parts) > 1 && anew[parts[1]] {
			continue
		}
		lines = append(lines, line...)
	}
	for _, e := range entries {
		lines = manifest.AppendLine(lines, manifest.Entry{Kind: manifest.Dependency, Path: e.Path, Digest: e.SHA1, Source: e.Source})
	}
	if err := r.ReplaceFile("manifest", lines); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return nil
}

// Forget makes the next start, or staging, of a run resolve again what depends on flags whose values have changed.
func Forget(r *runs.Run, resources []resource.Resource, was, now opdef.Values) error {
	v, err := r.ReadAttr(attr)
	if err != nil {
		return err
	}
	done, _ := v.(map[string]any)
	changed := false
	for i := range resources {
		sources, _ := done[resources[i].ResolvingName()].(map[string]any)
		for j := range resources[i].Sources {
			src := &resources[i].Sources[j]
			if _, resolved := sources[src.ResolvingName()]; resolved && !sameValues(src.FlagsUsed(), was, now) {
				delete(sources, src.ResolvingName())
				changed = true
			}
		}
	}
	if !changed {
		return nil
	}
	return r.SetAttr(attr, done)
}

func sameValues(flags []string, a, b opdef.Values) bool {
	return !slices.ContainsFunc(flags, func(name string) bool { return fmt.Sprint(a[name]) != fmt.Sprint(b[name]) })
}
