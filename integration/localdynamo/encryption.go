package localdynamo

import (
	"fmt"
	"strings"
)

// encryption is how a table is encrypted (API reference: SSESpecification).
// Every table is; Enabled asks for a key in the account's own KMS.
type encryption struct {
	Enabled        bool
	SSEType        string
	KMSMasterKeyId string
}

// managedKey stands in for the key that the service keeps in every account,
// alias/aws/dynamodb.
const managedKey = "alias/aws/dynamodb"

func (e *encryption) check() error {
	switch {
	case e == nil:
	case e.SSEType != "" && e.SSEType != "KMS":
		return oneOf("sSESpecification.sSEType", e.SSEType, "AES256", "KMS")
	case !e.Enabled && e.KMSMasterKeyId != "":
		return invalid("One or more parameter values were invalid: KMSMasterKeyId should only be specified when SSE is enabled")
	}
	return nil
}

// key is the one that the table is encrypted with; "" is the service's own,
// which no description shows.
func (e *encryption) key() string {
	switch {
	case e == nil || !e.Enabled:
		return ""
	case e.KMSMasterKeyId == "":
		return managedKey
	}
	return e.KMSMasterKeyId
}

// encryptionDescription is the encryption of a table in an answer.
type encryptionDescription struct{ Status, SSEType, KMSMasterKeyArn string }

func (s *Server) describeEncryption(key string) *encryptionDescription {
	if key == "" {
		return nil
	}
	return &encryptionDescription{"ENABLED", "KMS", s.keyARN(key)}
}

// keyARN is a key's full name: a key may be named by it, by its id or by an
// alias.
func (s *Server) keyARN(key string) string {
	switch {
	case strings.HasPrefix(key, "arn:"):
		return key
	case strings.HasPrefix(key, "alias/"):
		return fmt.Sprintf("arn:aws:kms:%s:%s:%s", s.options.Region, s.options.AccountID, key)
	}
	return fmt.Sprintf("arn:aws:kms:%s:%s:key/%s", s.options.Region, s.options.AccountID, key)
}
