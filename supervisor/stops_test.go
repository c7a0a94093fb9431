package supervisor

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestEveryStopHasItsSectionAndEverySectionItsStop compares docs/stops.md with
// the code both ways, and wants cause, status, what is safe and the command.
func TestEveryStopHasItsSectionAndEverySectionItsStop(t *testing.T) {
	text, err := os.ReadFile("../docs/stops.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, part := range strings.Split(string(text), "\n## ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		sections[name] = body
	}
	for _, code := range messages.StopCodes() {
		body, there := sections[string(code)]
		if !there {
			t.Errorf("docs/stops.md has no section %s", code)
			continue
		}
		for _, part := range []string{"*Cause:*", "*Status:*", "*Safe:*", "*Command:*"} {
			if !strings.Contains(body, part) {
				t.Errorf("%s has no %s", code, part)
			}
		}
		for _, from := range regexp.MustCompile(`--from ([a-z]+)`).FindAllStringSubmatch(code.Hint(), -1) {
			if !strings.Contains(body, "--from "+from[1]) {
				t.Errorf("the hint of %s says --from %s, its section does not", code, from[1])
			}
		}
	}
	for name := range sections {
		if !slices.Contains(messages.StopCodes(), messages.StopCode(name)) {
			t.Errorf("docs/stops.md has a section %s, which is no stop code", name)
		}
	}
}

// TestEveryPageOfAStopIsThere: GitHub makes an anchor of a heading by writing it
// small.
func TestEveryPageOfAStopIsThere(t *testing.T) {
	for _, code := range messages.StopCodes() {
		file, anchor, _ := strings.Cut(code.Page(), "#")
		text, err := os.ReadFile("../" + file)
		if err != nil {
			t.Fatal(err)
		}
		there := slices.ContainsFunc(strings.Split(string(text), "\n"), func(line string) bool {
			heading, is := strings.CutPrefix(line, "## ")
			return is && strings.ToLower(heading) == anchor
		})
		if !there {
			t.Errorf("%s points nowhere", code.Page())
		}
	}
}

// TestStopCodesAreAllThatTheCodeHas reads the constants of messages/stop.go.
func TestStopCodesAreAllThatTheCodeHas(t *testing.T) {
	text, err := os.ReadFile("../messages/stop.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []messages.StopCode
	for _, m := range regexp.MustCompile(`StopCode += "([A-Z_]+)"`).FindAllStringSubmatch(string(text), -1) {
		want = append(want, messages.StopCode(m[1]))
	}
	if got := messages.StopCodes(); !slices.Equal(got, want) || len(got) == 0 {
		t.Errorf("StopCodes is %v, the constants are %v", got, want)
	}
}
