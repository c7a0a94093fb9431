package main

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestAProcessThatHadSaidNothingMayDieOfSIGTERM: one that had said something
// knew how to end in order.
func TestAProcessThatHadSaidNothingMayDieOfSIGTERM(t *testing.T) {
	log, err := newChildLog(filepath.Join(t.TempDir(), "p0.log"), "p0", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer log.close()
	p := &place{log: log}
	for _, c := range []struct {
		script string
		unborn bool
	}{{"exec sleep 600", true}, {"echo begins; exec sleep 600", false}, {"exit 1", false}} {
		log.begin()
		cmd := exec.Command("sh", "-c", c.script)
		cmd.Stdout = log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		child := &child{cmd: cmd, ended: make(chan struct{})}
		go func() {
			_ = cmd.Wait()
			child.state = cmd.ProcessState
			close(child.ended)
		}()
		if !c.unborn && c.script != "exit 1" {
			for log.silent() {
				time.Sleep(time.Millisecond)
			}
		}
		if c.script == "exit 1" {
			<-child.ended
		}
		child.drain(2 * time.Minute)
		if got := p.unborn(child); got != c.unborn {
			t.Errorf("%s: ended with %s, unborn %t", c.script, child.state, got)
		}
	}
}
