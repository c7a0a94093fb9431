package snowpipe

import (
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// Judges are Snowflake's streaming SDKs, and one of them on a real file.
func Judges() []judge.Judge {
	var list []judge.Judge
	for _, s := range []sdk{python, java} {
		list = append(list, judge.Judge{
			Name: s.name, Version: s.version, Of: "localsnowflake", Tools: []judge.Tool{s.tool},
			AtLeast: len(casesOf(s)), Within: 4 * time.Minute, Hear: hear(s),
		})
	}
	return append(list, judge.Judge{
		Name: python.name + ", earthquakes", Version: python.version, Of: "localsnowflake", Tools: []judge.Tool{pip},
		AtLeast: 2, Hear: recorded,
	})
}
