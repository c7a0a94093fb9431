package drivers

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// What every judge finds.
const (
	accountName = "LOCAL"
	userName    = "JUDGE"
	password    = "Open-sesame-1"
)

// account is a server with a user who may do everything.
type account struct {
	server  *localsnowflake.Server
	host    string
	port    string
	keyFile string // PKCS 8, PEM
}

// open starts an account that lives as long as the hearing.
func open(h *judge.Hearing) (*account, error) {
	server, err := localsnowflake.Start(localsnowflake.Options{Account: accountName})
	if err != nil {
		return nil, err
	}
	h.AtEnd(func() {
		if err := errors.Join(server.Err(), server.Close()); err != nil {
			h.Disagree("the server at its end", "%v", err)
		}
	})
	u, err := url.Parse(server.URL())
	if err != nil {
		return nil, err
	}
	a := &account{server: server, host: u.Hostname(), port: u.Port()}
	if err := a.furnish(h); err != nil {
		return nil, err
	}
	server.Faults().Set(localsnowflake.ActionQuery, misfortunes())
	return a, nil
}

// furnish makes the user with its key and password, a database and a warehouse.
func (a *account) furnish(h *judge.Hearing) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if a.keyFile, err = h.File("rsa_key.p8", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))); err != nil {
		return err
	}
	if err := a.server.RegisterUser(userName, catalog.AccountAdmin, &key.PublicKey); err != nil {
		return err
	}
	c := a.server.Catalog()
	if err := c.UpdateUser(userName, func(u *catalog.User) error { return u.SetPassword(password) }); err != nil {
		return err
	}
	if _, err := c.CreateDatabase("DB", catalog.AccountAdmin, catalog.Keep); err != nil {
		return err
	}
	if _, err := c.CreateSchema("DB", "ALCHEMY", catalog.AccountAdmin, catalog.Keep); err != nil {
		return err
	}
	_, err = c.CreateWarehouse(catalog.Warehouse{Name: "WH", Size: "X-Small", Owner: catalog.AccountAdmin}, catalog.Keep)
	return err
}

// tell puts the account into a program's environment.
func (a *account) tell(c *exec.Cmd) *exec.Cmd {
	c.Env = append(c.Env, "HOST="+a.host, "PORT="+a.port, "ACCOUNT="+accountName, "JUDGE="+userName, "PASSWORD="+password, "KEY_FILE="+a.keyFile, "SF_DISABLE_MINICORE=true")
	return c
}

// misfortunes befall the first request of a statement that names them.
func misfortunes() fault.Hook {
	effects := map[string]fault.Effect{
		"/* session expires */": {Refuse: &fault.Refusal{Code: "390112", Message: "Your session has expired. Please login again."}},
		"/* answer is lost */":  {LoseAfter: true},
	}
	met := map[string]*atomic.Bool{}
	for marker := range effects {
		met[marker] = new(atomic.Bool)
	}
	return func(c fault.Call) fault.Effect {
		for marker, effect := range effects {
			if strings.Contains(c.Key, marker) && !met[marker].Swap(true) {
				return effect
			}
		}
		return fault.Effect{}
	}
}
