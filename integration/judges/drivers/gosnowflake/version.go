package main

import (
	"context"

	sf "github.com/snowflakedb/gosnowflake/v2"
)

// several lets a text hold n statements.
func several(ctx context.Context, n int) (context.Context, error) {
	return sf.WithMultiStatement(ctx, n), nil
}

// arrayOf binds a slice as one value per row.
func arrayOf(slice any) (any, error) { return sf.Array(slice) }
