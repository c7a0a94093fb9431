package judge

import (
	"os"
	"strings"
)

// Environment is what a judge runs in: none of the user's own accounts, and
// proxies that are closed ports. It is no sandbox: a program that heeds no proxy
// still reaches the network, which is why judges are told loopback addresses.
func Environment(extra ...string) []string {
	var env []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(strings.ToUpper(pair), "=")
		if strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "SNOWFLAKE_") || strings.HasSuffix(name, "_PROXY") || strings.HasPrefix(name, "JAVA_TOOL_") {
			continue
		}
		env = append(env, pair)
	}
	env = append(env,
		"HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "NO_PROXY=127.0.0.1,localhost,.localhost",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=",
		"SNOWFLAKE_DISABLE_PLATFORM_DETECTION=true", "PYTHONWARNINGS=ignore", "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1",
	)
	return append(env, extra...)
}
