package servers

import (
	"context"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// difference is what snowduck is known to do otherwise than the service.
type difference struct {
	does string
	why  string // who is right
}

// snowduckDiffers lists every one of them. An expectation that snowduck does
// not meet and that is not here fails the judge, and so does one that is here
// and that it meets.
var snowduckDiffers = map[string]difference{
	"open: status code": {
		"ACTIVE", "Openflow goes on with SUCCESS alone, so that is what the service sends; our client takes both",
	},
	"open: a table that is not there": {
		"taken", "the REST reference answers 404; snowduck makes tables as rows come",
	},
	"credentials: a key that nobody registered": {
		"taken", "the service verifies signature, user and expiry; snowduck looks at no credential",
	},
	"default pipe: the table of its rows": {
		"the table-STREAMING", "the default pipe of T is named T-STREAMING and fills T (page on the default pipe); snowduck fills a table of the pipe's name",
	},
	"default pipe: of a table in lower case": {
		"refused: transient, refused", "a quoted name travels with its quotes, as Openflow sends it; snowduck puts them into its SQL twice",
	},
	"status: the committed token": {
		"none", "the REST reference has startOffsetToken and endOffsetToken, and Snowflake's Python SDK 1.9.1 sends them; snowduck knows the older offsetToken alone",
	},
	"append: repeated under its token": {
		"taken, 6 rows: each twice", "the service takes no rows under a used continuation token (seen on a real account by supabase/etl); snowduck compares the client's part of the token alone",
	},
	"append: a channel that nobody opened": {
		"refused: fenced, stale", "ERR_CHANNEL_DOES_NOT_EXIST_OR_IS_NOT_AUTHORIZED is the documented code, not seen on a real account; snowduck checks the token first, so that its own CHANNEL_NOT_FOUND is never said",
	},
	"row of the wrong type": {
		"refused: transient, refused, 1 of 3 rows are there", "ON_ERROR = CONTINUE is all there is: good rows land, bad ones are counted; snowduck stops in the middle and keeps what came before",
	},
	"row of the wrong type: in the status": {
		"3 errors up to token 3, with a message, now", "the service counts rows that failed; snowduck counts the whole batch",
	},
	"line that is no JSON": {
		"refused: transient, refused, 0 of 3 rows are there", "the error table has a kind json-invalid for such lines, which implies that the batch is taken; snowduck refuses it whole",
	},
	"key that only a later row has": {
		"taken, its column is not there", "schema evolution adds the column; snowduck loses the value, for it reads the keys of a batch's first row",
	},
	"key that only a later batch has": {
		"refused: transient, refused", "schema evolution adds the column; snowduck has none",
	},
}

// meet asks for one expectation.
func (e expectation) meet(ctx context.Context, h *judge.Hearing, server pipeServer, differs map[string]difference) {
	did, err := e.ask(ctx, server)
	known, listed := differs[e.operation]
	switch {
	case err != nil:
		h.Disagree(e.operation, "%v", err)
	case did == e.want && listed:
		h.Disagree(e.operation, "%s, as the service: strike it off the known differences", did)
	case did == e.want:
		h.Agree(e.operation, "%s", did)
	case listed && did == known.does:
		h.Differs(e.operation, "%s; the service: %s (%s)", did, e.want, known.why)
	default:
		h.Disagree(e.operation, "%s; the service: %s", did, e.want)
	}
}
