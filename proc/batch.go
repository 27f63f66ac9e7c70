package proc

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"guild/opdef"
	"guild/runs"
	"guild/runs/opref"
)

// batchSuffix is the name of the operation of batches, and what follows that of their trials where a batch is named: `op+`.
const batchSuffix = "+"

// makeBatch makes a batch run: its operation is `guild sys batch`, and what the trials have in common, the values with
// their lists included, is a prototype inside of it.
func (q *Request) makeBatch(d *runs.Draft) error {
	proto, err := d.Proto()
	if err != nil {
		return err
	}
	if err := q.makeRun(proto); err != nil {
		return err
	}
	if err := proto.Seal(); err != nil {
		return err
	}
	rec := &recipe{
		Command:         opdef.Command{Args: []string{"${guild_exe}", "sys", "batch"}, FlagsDest: opdef.DestNone},
		ProjectDir:      q.Op.Dir,
		CmdDir:          q.CmdDir,
		DeleteOnSuccess: !q.KeepBatch,
	}
	rec.captureNothing()
	attrs := q.attrs(rec)
	attrs["flags"], attrs["user_flags"] = map[string]any{}, map[string]any{}
	if err := d.SetAttrs(attrs); err != nil {
		return err
	}
	if err := d.SetOpref(opref.Ref{PkgType: opref.Builtin, PkgName: "guild", Op: batchSuffix}); err != nil {
		return err
	}
	return d.WriteFile("manifest", nil)
}

// Batch runs or stages the trials of a batch, one after the other.
type Batch struct {
	Store   *runs.Store
	Run     *runs.Run // the batch's own run
	Out     io.Writer // log, and output of the trials
	Signals <-chan os.Signal
}

// Stopped is returned by a batch that was told to stop between or during its trials.
var errStopped = fmt.Errorf("stopped")

// Do runs the batch. A trial that fails is no error of the batch.
func (b *Batch) Do(ctx context.Context) error {
	proto := runs.At(b.Run.ProtoPath())
	rec, err := readRecipe(proto)
	if err != nil {
		return err
	}
	flags, err := proto.ReadFlags()
	if err != nil {
		return err
	}
	trials, err := opdef.Trials(flags)
	if err != nil {
		return err
	}
	stage := b.stages()
	opspec := proto.Opref().OpSpec()
	for _, vals := range trials {
		d, err := b.trial(proto, rec, vals)
		if err != nil {
			return err
		}
		if stage {
			fmt.Fprintf(b.Out, "INFO: [guild] Staging trial %s: %s\n", d.ID(), Describe(opspec, vals))
			_, err = b.Store.CommitStaged(d)
		} else {
			fmt.Fprintf(b.Out, "INFO: [guild] Running trial %s: %s\n", d.ID(), Describe(opspec, vals))
			err = b.runTrial(ctx, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stages reports whether trials are staged for a scheduler and not run.
func (b *Batch) stages() bool {
	params, _ := b.Run.Attr("run_params")
	m, _ := params.(map[string]any)
	on, _ := m["stage_trials"].(bool)
	return on
}

// trial makes a run out of the prototype.
func (b *Batch) trial(proto *runs.Run, rec *recipe, vals opdef.Values) (*runs.Draft, error) {
	d, err := b.Store.Draft("")
	if err != nil {
		return nil, err
	}
	if err := d.CopyFrom(proto); err != nil {
		d.Discard()
		return nil, err
	}
	err = d.SetAttrs(map[string]any{
		"flags": map[string]any(vals),
		"label": opdef.Label(rec.LabelTemplate, vals),
		"batch": b.Run.ID,
	})
	if err != nil {
		d.Discard()
		return nil, err
	}
	return d, nil
}

func (b *Batch) runTrial(ctx context.Context, d *runs.Draft) error {
	lock, err := d.CommitOwned(runs.Pending)
	if err != nil {
		return err
	}
	defer lock.Close()
	w := &Worker{Store: b.Store, Lock: lock, Echo: b.Out, Signals: b.Signals, Say: SayTo(b.Out)}
	res, err := w.Run(ctx)
	if res.Stopped {
		return errStopped
	}
	if err != nil {
		fmt.Fprintf(b.Out, "ERROR: [guild] Trial %s exited with an error: (%d) %v\n", d.ID(), res.Exit, err)
	} else if res.Exit != 0 {
		fmt.Fprintf(b.Out, "ERROR: [guild] Trial %s exited with an error: (%d)\n", d.ID(), res.Exit)
	}
	return nil
}

// IsBatchName reports the operation name of a batch.
func IsBatchName(opspec string) bool { return strings.HasSuffix(opspec, batchSuffix) }
