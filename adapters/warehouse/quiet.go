package warehouse

import (
	"os"
	"strings"
	"sync"

	sf "github.com/snowflakedb/gosnowflake/v2"
)

// quiet silences the driver once, before its first connection. Its log and
// its platform detection have no other switch than these two process-wide
// ones. A host that has set either itself keeps its choice.
//
// The driver's default is to print every SQL error to stderr; ours are
// returned. Platform detection asks the metadata services of three clouds
// for the driver's statistics.
var quiet = sync.OnceFunc(func() {
	if log := sf.GetLogger(); strings.EqualFold(log.GetLogLevel(), "error") {
		_ = log.SetLogLevel("off")
	}
	const detection = "SNOWFLAKE_DISABLE_PLATFORM_DETECTION"
	if _, set := os.LookupEnv(detection); !set {
		_ = os.Setenv(detection, "true")
	}
})
