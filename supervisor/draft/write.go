package draft

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// Write writes the file, for its owner alone. The error is fs.ErrExist where
// there is one: Replace is for that.
func (d *Draft) Write() error {
	file, err := os.OpenFile(d.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, d.YAML())
	return errors.Join(err, file.Close())
}

// Replace writes the file in the place of one that may be there, in one step.
func (d *Draft) Replace() error {
	next := d.File + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	whole := *d
	whole.File = next
	if err := whole.Write(); err != nil {
		return err
	}
	return os.Rename(next, d.File)
}

// Text says what was written, for people.
func (d *Draft) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  connector %s: %s -> %s\n", d.File, d.Connector, d.Source, d.Target)
	for _, key := range d.FillIn {
		fmt.Fprintf(&b, "fill in  %s: %s is a placeholder\n", key, d.values[key])
	}
	for _, text := range d.Notes {
		fmt.Fprintf(&b, "note     %s\n", text)
	}
	for _, name := range d.Unknown {
		fmt.Fprintf(&b, "unknown  %q: nothing here corresponds to it\n", name)
	}
	fmt.Fprintf(&b, "Next: %s\n", strings.Join(d.Next, ", "))
	_, err := io.WriteString(w, b.String())
	return err
}
