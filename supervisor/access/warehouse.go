package access

import (
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// Warehouse is SQL with the connector's own credentials. It connects at its
// first call.
//
// Errors: the credential cannot be read, or a name is not one.
func Warehouse(s config.Snowflake) (*warehouse.Warehouse, error) {
	cfg := warehouse.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Proxy: s.Proxy.Reveal(),
		Warehouse: s.Warehouse, Database: s.Database, Schema: s.Schema,
	}
	switch s.Authenticator {
	case config.PAT:
		cfg.PATFile = s.TokenFile
	default:
		key, err := s.PrivateKey()
		if err != nil {
			return nil, err
		}
		cfg.PrivateKey = key
	}
	return warehouse.New(cfg)
}
