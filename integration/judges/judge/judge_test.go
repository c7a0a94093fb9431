package judge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary play the programs that judges are.
func TestMain(m *testing.M) {
	switch os.Getenv("JUDGE_PLAYS") {
	case "agreeing":
		fmt.Println(`a word of its own`)
		fmt.Println(`{"operation":"put","agrees":true,"detail":"500 of 500"}`)
		fmt.Println(`{"operation":"get","agrees":true,"detail":"in\norder"}`)
	case "disagreeing":
		fmt.Println(`{"operation":"put","agrees":false,"detail":"499 of 500"}`)
	case "dying":
		fmt.Println(`{"operation":"put","agrees":true,"detail":"1 of 1"}`)
		fmt.Fprintln(os.Stderr, "Traceback: out of luck")
		os.Exit(3)
	case "sleeping":
		time.Sleep(time.Minute)
	case "serving":
		l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("JUDGE_PORT"))
		if err != nil {
			os.Exit(4)
		}
		for {
			c, err := l.Accept()
			if err != nil {
				os.Exit(5)
			}
			_ = c.Close()
		}
	default:
		os.Exit(m.Run())
	}
}

// play is the test binary as a program.
func play(ctx context.Context, h *Hearing, part string, env ...string) *exec.Cmd {
	c := h.Command(ctx, os.Args[0])
	c.Env = append(append(c.Env, "JUDGE_PLAYS="+part), env...)
	return c
}

func playing(part string) Judge {
	return Judge{Name: part, Version: "1", Of: "a test", Hear: func(ctx context.Context, h *Hearing) error {
		return h.Run(play(ctx, h, part))
	}}
}

// toolOf installs by a function and counts.
type toolOf struct {
	name string
	put  func(home string) error
}

func (t toolOf) key() string                                  { return t.name }
func (t toolOf) needs() []command                             { return nil }
func (t toolOf) works(context.Context, string) error          { return nil }
func (t toolOf) install(_ context.Context, home string) error { return t.put(home) }

// hear runs judges through the command line.
func hear(t *testing.T, args []string, judges ...Judge) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := Main(append([]string{"-cache", filepath.Join(t.TempDir(), "cache"), "-logs", t.TempDir()}, args...), &out, judges)
	return code, out.String()
}

func TestAJudgeThatAgreesPasses(t *testing.T) {
	code, said := hear(t, nil, playing("agreeing"))
	if code != 0 || !strings.Contains(said, "1 agree, 0 disagree, 0 not judged; 2 operations, 0 against") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestAJudgeThatDisagreesFailsTheRun(t *testing.T) {
	code, said := hear(t, nil, playing("agreeing"), playing("disagreeing"))
	if code != 1 || !strings.Contains(said, "put: 499 of 500") || !strings.Contains(said, "1 agree, 1 disagree") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestAKnownDifferenceIsCountedByItselfAndDoesNotFail(t *testing.T) {
	page := filepath.Join(t.TempDir(), "judges.md")
	code, said := hear(t, []string{"-record", page}, Judge{Name: "other", AtLeast: 3, Hear: func(_ context.Context, h *Hearing) error {
		h.Agree("put", "taken")
		h.Differs("get", "%d, the service: %d (it counts otherwise)", 1, 2)
		h.Agree("drop", "gone")
		return nil
	}})
	if code != 0 || !strings.Contains(said, "3 operations, 0 against, 1 known difference") || !strings.Contains(said, "agrees in 2, differs as known in 1") {
		t.Errorf("exit %d: %s", code, said)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| 3 | agrees in 2, differs as known in 1 |", "| get | differs as known | 1, the service: 2 (it counts otherwise) |"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestAJudgeThatBreaksOffDisagreesAndQuotesItsLastWords(t *testing.T) {
	code, said := hear(t, nil, playing("dying"))
	if code != 1 || !strings.Contains(said, "out of luck") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestAJudgeThatSaysTooLittleDisagrees(t *testing.T) {
	j := playing("agreeing")
	j.AtLeast = 3
	if code, said := hear(t, nil, j); code != 1 || !strings.Contains(said, "at least 3") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestAJudgeThatPanicsDisagrees(t *testing.T) {
	code, said := hear(t, nil, Judge{Name: "panicking", Hear: func(context.Context, *Hearing) error { panic("no such index") }})
	if code != 1 || !strings.Contains(said, "no such index") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestAJudgeHasItsTimeAndNoMore(t *testing.T) {
	j := playing("sleeping")
	j.Within = 100 * time.Millisecond
	if code, said := hear(t, nil, j); code != 1 || !strings.Contains(said, "not done after 100ms") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestWhatCannotBeInstalledIsNotJudgedAndDoesNotFail(t *testing.T) {
	heard := false
	code, said := hear(t, nil, Judge{
		Name: "rare", Version: "9", Of: "a test",
		Tools: []Tool{toolOf{"rare", func(string) error { return errors.New("no such package") }}},
		Hear:  func(context.Context, *Hearing) error { heard = true; return nil },
	})
	if code != 0 || heard || !strings.Contains(said, "0 agree, 0 disagree, 1 not judged") || !strings.Contains(said, "no such package") {
		t.Errorf("exit %d, heard %v: %s", code, heard, said)
	}
	if !strings.Contains(said, "WARNING: nothing was judged") {
		t.Errorf("no warning that the run says nothing: %s", said)
	}
}

func TestAToolIsInstalledOnceAndAgainAfterAFailure(t *testing.T) {
	c, tries := cache{dir: t.TempDir()}, 0
	tool := toolOf{"one", func(home string) error {
		if tries++; tries == 1 {
			return errors.Join(os.WriteFile(filepath.Join(home, "half"), nil, 0o600), errors.New("cut off"))
		}
		if _, err := os.Stat(filepath.Join(home, "half")); err == nil {
			t.Error("the half of the failed try is still there")
		}
		return nil
	}}
	if _, err := c.take(t.Context(), tool); err == nil {
		t.Fatal("the failure is not told")
	}
	for range 3 {
		if _, err := c.take(t.Context(), tool); err != nil {
			t.Fatal(err)
		}
	}
	if tries != 2 {
		t.Errorf("%d installations, want 2", tries)
	}
}

func TestAServerEndsWithItsHearing(t *testing.T) {
	wrong := ""
	for range 3 { // somebody else of the machine may take the port meanwhile
		if wrong = servesAsLongAsItsHearing(t); wrong == "" {
			return
		}
	}
	t.Error(wrong)
}

func servesAsLongAsItsHearing(t *testing.T) (wrong string) {
	t.Helper()
	port, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + strconv.Itoa(port)
	code, said := hear(t, nil, Judge{Name: "server", Hear: func(ctx context.Context, h *Hearing) error {
		if err := h.Serve(ctx, play(ctx, h, "serving", "JUDGE_PORT="+strconv.Itoa(port)), address); err != nil {
			return err
		}
		h.Agree("listen", "it takes connections")
		return nil
	}})
	if code != 0 {
		return fmt.Sprintf("exit %d: %s", code, said)
	}
	if c, err := net.Dial("tcp", address); err == nil {
		c.Close()
		return "the server outlived its hearing"
	}
	return ""
}

func TestAServerThatEndsAtOnceIsAnError(t *testing.T) {
	code, said := hear(t, nil, Judge{Name: "server", Hear: func(ctx context.Context, h *Hearing) error {
		return h.Serve(ctx, play(ctx, h, "dying"), "127.0.0.1:1")
	}})
	if code != 1 || !strings.Contains(said, "ended before it listened") || !strings.Contains(said, "out of luck") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestOneWordChoosesJudges(t *testing.T) {
	code, said := hear(t, []string{"-only", "AGREEING on A", "-list"}, playing("agreeing"), playing("dying"))
	if code != 0 || strings.TrimSpace(said) != "agreeing 1 on a test" {
		t.Errorf("exit %d: %s", code, said)
	}
	if code, _ := hear(t, []string{"-only", "nobody"}, playing("agreeing")); code != 64 {
		t.Errorf("exit %d for a judge that is not there", code)
	}
}

func TestARecordIsOfAFullRun(t *testing.T) {
	page := filepath.Join(t.TempDir(), "judges.md")
	if code, said := hear(t, []string{"-record", page, "-only", "agreeing"}, playing("agreeing")); code != 64 || !strings.Contains(said, "-only") {
		t.Errorf("exit %d: %s", code, said)
	}
	if _, err := os.Stat(page); err == nil {
		t.Error("the page was written")
	}
}

func TestTheRecordIsAPage(t *testing.T) {
	page := filepath.Join(t.TempDir(), "judges.md")
	if code, said := hear(t, []string{"-record", page}, playing("agreeing"), playing("disagreeing")); code != 1 {
		t.Fatalf("exit %d: %s", code, said)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"## agreeing 1 on a test", "| get | agrees | in order |", "| put | DISAGREES | 499 of 500 |", "1 disagree"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestTheClassOfASourceIsFound(t *testing.T) {
	for source, want := range map[string]string{
		"import a.B;\n\npublic final class Put {\n}": "Put", "class Get{\n": "Get", "interface X {}": "",
	} {
		if got := javaClass(source); got != want {
			t.Errorf("%q: class %q, want %q", source, got, want)
		}
	}
}
