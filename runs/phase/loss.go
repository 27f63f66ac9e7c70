package phase

import (
	"errors"
	"slices"
	"syscall"
)

// Loss is the reason why part of an operation's output, or of the scalars in it, was not recorded. It is part of the name of a phase, since
// that can be written even if the disk is full.
type Loss string

// The losses.
const (
	NoLoss       Loss = ""
	LossFull     Loss = "full"     // no space, or a quota is used up
	LossReadOnly Loss = "readonly" // the file system became read-only
	LossFailed   Loss = "failed"   // the file system failed in another way
)

func (l Loss) known() bool {
	return slices.Contains([]Loss{LossFull, LossReadOnly, LossFailed}, l)
}

// LossOf returns what a file system error means for the recorded output; NoLoss for any other error.
func LossOf(err error) Loss {
	var errno syscall.Errno
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return LossFull
	case errors.Is(err, syscall.EROFS):
		return LossReadOnly
	case errors.As(err, &errno):
		return LossFailed
	}
	return NoLoss
}

// Reason returns a line for users that says what was lost. It is empty for NoLoss.
func (l Loss) Reason() string {
	switch l {
	case NoLoss:
		return ""
	case LossFull:
		return "its recorded output is incomplete: there was no space for all of it"
	case LossReadOnly:
		return "its recorded output is incomplete: the file system became read-only"
	}
	return "its recorded output is incomplete: the file system failed"
}
