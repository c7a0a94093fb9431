package draft

import (
	"cmp"
	"context"
	"os"
	"path/filepath"

	"github.com/BurntSushi/toml"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
)

// Surroundings is what this machine tells without asking anybody: the region of
// AWS's variables and files, and the account of Snowflake's connections.toml.
// env looks variables up, as os.LookupEnv does.
func Surroundings(ctx context.Context, env func(string) (string, bool)) map[string]string {
	found := map[string]string{}
	if c, err := awsconfig.LoadDefaultConfig(ctx); err == nil && c.Region != "" { // files that do not read tell nothing
		found["aws.region"] = c.Region
	}
	if region, _ := env("AWS_REGION"); region != "" {
		found["aws.region"] = region
	}
	if account := accountOf(env); account != "" {
		found["snowflake.account"] = account
	}
	return found
}

// accountOf is the account of the connection that Snowflake's own tools use:
// the default one, or the only one there is.
func accountOf(env func(string) (string, bool)) string {
	folder, _ := env("SNOWFLAKE_HOME")
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		folder = filepath.Join(home, ".snowflake")
	}
	connections := map[string]struct {
		Account string `toml:"account"`
	}{}
	if _, err := toml.DecodeFile(filepath.Join(folder, "connections.toml"), &connections); err != nil {
		return ""
	}
	name, _ := env("SNOWFLAKE_DEFAULT_CONNECTION_NAME")
	if c, ok := connections[cmp.Or(name, "default")]; ok {
		return c.Account
	}
	account := ""
	for _, c := range connections {
		account = c.Account
	}
	if len(connections) != 1 {
		return ""
	}
	return account
}
