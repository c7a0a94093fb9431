package localdynamo

// choosing is the legacy request member that names whole attributes to return.
type choosing struct{ AttributesToGet *[]string }

// maxChosen is how many attributes AttributesToGet may name. AWS API reference, "GetItem".
const maxChosen = 255

// chosen are the paths of the named attributes, nil without the member.
func (c choosing) chosen() ([]path, error) {
	if c.AttributesToGet == nil {
		return nil, nil
	}
	switch n := len(*c.AttributesToGet); {
	case n == 0:
		return nil, violated("Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length greater than or equal to 1")
	case n > maxChosen:
		return nil, violated("Value at 'attributesToGet' failed to satisfy constraint: Member must have length less than or equal to %d", maxChosen)
	}
	seen := map[string]bool{}
	var paths []path
	for _, name := range *c.AttributesToGet {
		if seen[name] {
			return nil, invalid("One or more parameter values were invalid: Duplicate value in attribute name: %s", name)
		}
		seen[name] = true
		paths = append(paths, path{{name: name}})
	}
	return paths, nil
}
