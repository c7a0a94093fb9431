package catalog

import (
	"cmp"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"time"
)

// User is a login. It is immutable: UpdateUser replaces it.
type User struct {
	ID               int64
	Name             string
	DefaultRole      string        `json:",omitempty"`
	DefaultWarehouse string        `json:",omitempty"`
	DefaultNamespace string        `json:",omitempty"` // "DB" or "DB.SCHEMA", as written
	PublicKeys       [2]string     // RSA_PUBLIC_KEY and RSA_PUBLIC_KEY_2: base64 of the DER SubjectPublicKeyInfo
	Type             string        `json:",omitempty"` // PERSON, SERVICE, LEGACY_SERVICE; "" = PERSON
	PasswordSalt     []byte        `json:",omitempty"`
	PasswordHash     []byte        `json:",omitempty"`
	Tokens           []AccessToken `json:",omitempty"`
	Disabled         bool          `json:",omitempty"`
	Owner            string        `json:",omitempty"`
	Comment          string        `json:",omitempty"`
	CreatedOn        time.Time
}

const passwordRounds = 4096

// SetPassword keeps a salted hash of a password.
func (u *User) SetPassword(password string) error {
	salt := make([]byte, 16)
	rand.Read(salt)
	hash, err := pbkdf2.Key(sha256.New, password, salt, passwordRounds, sha256.Size)
	if err != nil {
		return err
	}
	u.PasswordSalt, u.PasswordHash = salt, hash
	return nil
}

// CheckPassword reports whether the user has a password and this is it.
func (u *User) CheckPassword(password string) bool {
	if len(u.PasswordHash) == 0 {
		return false
	}
	hash, err := pbkdf2.Key(sha256.New, password, u.PasswordSalt, passwordRounds, sha256.Size)
	return err == nil && subtle.ConstantTimeCompare(hash, u.PasswordHash) == 1
}

// CreateUser makes a user from u, whose ID and CreatedOn are chosen here.
func (c *Catalog) CreateUser(u User, e Existing) (created bool, err error) {
	c.mu.Lock()
	if old, ok := c.users[u.Name]; ok {
		switch e {
		case Keep:
			c.mu.Unlock()
			return false, nil
		case Replace:
			c.dropGrants(OnUser, old.ID)
		default:
			c.mu.Unlock()
			return false, taken(OnUser, Quote(u.Name))
		}
	}
	u.ID, u.CreatedOn = c.nextID(), c.now()
	c.users[u.Name] = &u
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return true, nil
}

// UpdateUser changes a user atomically, as UpdateTable does a table.
func (c *Catalog) UpdateUser(name string, change func(u *User) error) error {
	c.mu.Lock()
	old, ok := c.users[name]
	if !ok {
		c.mu.Unlock()
		return missing(OnUser, Quote(name))
	}
	next := *old
	if err := change(&next); err != nil {
		c.mu.Unlock()
		return err
	}
	next.ID, next.Name = old.ID, old.Name
	c.users[name] = &next
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return nil
}

// DropUser drops a user.
func (c *Catalog) DropUser(name string) error {
	c.mu.Lock()
	u, ok := c.users[name]
	if !ok {
		c.mu.Unlock()
		return missing(OnUser, Quote(name))
	}
	c.dropGrants(OnUser, u.ID)
	delete(c.users, name)
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return nil
}

// User finds a user by its exact name.
func (c *Catalog) User(name string) (*User, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	u, ok := c.users[name]
	return u, ok
}

// Users lists all users by name.
func (c *Catalog) Users() []*User {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := make([]*User, 0, len(c.users))
	for _, u := range c.users {
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b *User) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
