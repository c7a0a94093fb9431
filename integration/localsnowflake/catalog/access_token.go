package catalog

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"time"
)

// AccessToken is a programmatic access token of a user. Its secret is known to
// whoever was given it, and kept here as a hash.
type AccessToken struct {
	Name      string
	Role      string `json:",omitempty"` // ROLE_RESTRICTION, exact; "" = any role of the user
	Hash      []byte // SHA-256 of the secret
	Days      int    // DAYS_TO_EXPIRY, for the next rotation
	Expires   time.Time
	Comment   string `json:",omitempty"`
	CreatedOn time.Time
	CreatedBy string // a user
	RotatedTo string `json:",omitempty"` // the token that took this one's name
}

// AddToken gives the user a token with a secret. The name must be free.
func (u *User) AddToken(t AccessToken, secret string) {
	hash := sha256.Sum256([]byte(secret))
	t.Hash = hash[:]
	u.Tokens = append(slices.Clone(u.Tokens), t) // the user before the change shares the old list
}

// Token finds a token by its exact name.
func (u *User) Token(name string) (AccessToken, bool) {
	i := slices.IndexFunc(u.Tokens, func(t AccessToken) bool { return t.Name == name })
	if i < 0 {
		return AccessToken{}, false
	}
	return u.Tokens[i], true
}

// RemoveToken makes a token unknown; none of that name is no error.
func (u *User) RemoveToken(name string) {
	u.Tokens = slices.DeleteFunc(slices.Clone(u.Tokens), func(t AccessToken) bool { return t.Name == name })
}

// RetireToken gives a token another name and an end, which a rotation does with
// the one that it replaces.
func (u *User) RetireToken(name, retired string, expires time.Time) {
	u.Tokens = slices.Clone(u.Tokens)
	for i := range u.Tokens {
		if t := &u.Tokens[i]; t.Name == name {
			t.Name, t.RotatedTo = retired, name
			if expires.Before(t.Expires) {
				t.Expires = expires
			}
		}
	}
}

// TokenOf finds the user and the token that a secret stands for, expired or not.
func (c *Catalog) TokenOf(secret string) (*User, AccessToken, bool) {
	hash := sha256.Sum256([]byte(secret))
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, u := range c.users {
		for _, t := range u.Tokens {
			if subtle.ConstantTimeCompare(t.Hash, hash[:]) == 1 {
				return u, t, true
			}
		}
	}
	return nil, AccessToken{}, false
}
