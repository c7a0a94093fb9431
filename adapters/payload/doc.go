// Package payload holds the two seams between a record's bytes and its rows:
// decode (whatever the producer wrote -> JSON objects) and transform (JSON
// objects -> JSON objects, or nothing). JSON without a transform passes through
// untouched: New then returns nil, and a nil *Path is skipped altogether.
package payload
