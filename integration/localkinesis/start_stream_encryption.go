package localkinesis

// StartStreamEncryption: the stream is UPDATING for Options.Delay; from then on
// answers say KMS. Nothing is encrypted and any key will do; what can be wrong
// with a key comes by fault hook (Refusal).

var (
	encryptionRule = rule{among: []string{noEncryption, kmsEncryption}}
	keyRule        = rule{min: 1, max: 2048}
)

const (
	noEncryption  = "NONE"
	kmsEncryption = "KMS"

	keysPerDay = 25
)

// encryption is the server-side encryption of a stream.
type encryption struct {
	Key    string `json:",omitempty"` // from Since on; "" is none
	Before string `json:",omitempty"` // the key until then
	Since  int64  `json:",omitempty"` // ms since the epoch
}

// key is the key in use at a time, "" without encryption.
func (e encryption) key(now int64) string {
	if now < e.Since {
		return e.Before
	}
	return e.Key
}

// kind is the EncryptionType at a time.
func (e encryption) kind(now int64) string {
	if e.key(now) == "" {
		return noEncryption
	}
	return kmsEncryption
}

// member is what records say of it, as JSON.
func (e encryption) member(now int64) string {
	if e.key(now) == "" {
		return ""
	}
	return `,"EncryptionType":"` + kmsEncryption + `"`
}

// encryptedAs is what answers to puts say of it, "" without encryption.
func (st *stream) encryptedAs(now int64) string {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if st.encryption.key(now) == "" {
		return ""
	}
	return kmsEncryption
}

func (s *Server) startStreamEncryption(in *input) call {
	name, key := s.encryptionRequest(in)
	return s.encrypt(name, key)
}

// encryptionRequest reads what both operations take.
func (s *Server) encryptionRequest(in *input) (stream, key string) {
	if in.text("EncryptionType", must(encryptionRule)) == noEncryption {
		in.refuse(invalidArgument("EncryptionType NONE is not valid here; give KMS."))
	}
	return s.streamName(in), in.text("KeyId", must(keyRule))
}

// encrypt changes the key of a stream; "" ends its encryption.
func (s *Server) encrypt(name, key string) call {
	return call{key: name, serve: func() (answer, error) {
		return done(s.change(name, func(st *stream, now int64) error {
			if err := s.checkDay(st, "StreamEncryption", keysPerDay, now); err != nil {
				return err
			}
			st.encryption = encryption{Key: key, Before: st.encryption.key(now), Since: now + s.options.Delay.Milliseconds()}
			return nil
		}))
	}}
}
