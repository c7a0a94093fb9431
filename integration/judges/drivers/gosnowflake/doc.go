// Command gosnowflake asks localsnowflake through Snowflake's Go driver, as it
// comes from the module proxy: one line of JSON for each operation. It is built
// twice: here with version 2 of the driver, and with version 1 in a module of
// its own, where only the import path and version1.go differ.
package main
