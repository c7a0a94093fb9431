package access

import (
	"crypto/rsa"
	"slices"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// keyring holds the keys of a user while they are rotated. Snowflake knows up
// to two (RSA_PUBLIC_KEY and RSA_PUBLIC_KEY_2), and so does the configuration.
//
//	the file of the key in use changed   the new key is used; the old one is kept until the new one has worked
//	it is unreadable, or half written    the old key goes on
//	the key in use is refused            the files are read again, and the next key is tried
//	a key works                          it is kept, whatever its place
//
// A key is never tried twice in one sign-in (snowpipe, warehouse), so two bad
// ones are two refusals and a stop.
type keyring struct {
	cfg     config.Snowflake
	slots   [2]*signer // as the files had them last
	former  *signer    // taken out of its slot while it was in use
	current *signer
}

// signer is a key and what it signs.
type signer struct {
	key    *rsa.PrivateKey
	print  string
	source *snowpipe.KeyPair
}

// load reads the files again. The error is that of the first key, where there
// is none to go on with.
func (r *keyring) load() error {
	var first error
	for i, read := range []func() (*rsa.PrivateKey, error){r.cfg.PrivateKey, r.cfg.SecondPrivateKey} {
		key, err := read()
		if err != nil {
			if first == nil {
				first = err
			}
			continue // what the slot has goes on
		}
		next, err := r.signer(key)
		if err != nil {
			return err
		}
		if old := r.slots[i]; old != nil && old == r.current && next != old && next != nil {
			r.former, r.current = old, next
		}
		r.slots[i] = next
	}
	if r.current != nil {
		return nil
	}
	if all := r.all(); len(all) > 0 {
		r.current = all[0]
		return nil
	}
	return first
}

// signer is the one of a key, as it was where the key is known; nil for none.
func (r *keyring) signer(key *rsa.PrivateKey) (*signer, error) {
	if key == nil {
		return nil, nil
	}
	print, err := snowpipe.Fingerprint(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	for _, known := range r.all() {
		if known.print == print {
			return known, nil
		}
	}
	source, err := snowpipe.NewKeyPair(r.cfg.Account, r.cfg.User, r.cfg.Role, key)
	if err != nil {
		return nil, err
	}
	return &signer{key: key, print: print, source: source}, nil
}

// all are the keys in the order in which they are tried.
func (r *keyring) all() []*signer {
	var list []*signer
	for _, s := range []*signer{r.slots[0], r.slots[1], r.former} {
		if s != nil && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// accepted forgets the former key once the one that took its place has worked.
// To have been given is not enough: two sessions may ask for it, or one that was
// cut off ask again, before Snowflake has said a word.
func (r *keyring) accepted(t snowpipe.Token) {
	if r.former != nil && r.former != r.current && t.Key == r.current.print {
		r.former = nil
	}
}

// refused moves on to the next key, unless that was done already.
func (r *keyring) refused(t snowpipe.Token) {
	old := r.current
	if old == nil || t.Key != old.print {
		return
	}
	old.source.Refused(t)
	_ = r.load() // what cannot be read goes on as it was
	if r.current != old {
		return
	}
	all := r.all()
	r.current = all[(slices.Index(all, old)+1)%len(all)]
	if r.former == old {
		r.former = nil
	}
}
