package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// createVolume runs CREATE EXTERNAL VOLUME.
func (e *environment) createVolume(s *createVolume) (*Result, error) {
	name, err := e.single(s.name, "External volume")
	if err != nil {
		return nil, err
	}
	if !e.engine.Catalog.CanGlobally(e.session.Role, catalog.CreateVolume) {
		return nil, denied("account '%s'", e.session.Account)
	}
	v := catalog.Volume{Name: name, Locations: s.locations, AllowWrites: true, Owner: e.session.Role}
	for _, p := range s.props {
		switch p.name {
		case "ALLOW_WRITES":
			if v.AllowWrites, err = boolean(p); err != nil {
				return nil, err
			}
		case "COMMENT":
			v.Comment = p.value
		default:
			return nil, badProperty(p, "EXTERNAL VOLUME")
		}
	}
	made, err := e.engine.Catalog.CreateVolume(v, s.existing)
	if err != nil {
		return nil, fromCatalog(err)
	}
	return created("External volume", name, made), nil
}

// useVolume checks that the role may use the external volume of a new table.
func (e *environment) useVolume(name string) error {
	v, ok := e.engine.Catalog.Volume(name)
	if !ok || !e.seesVolume(v) {
		return absent("External volume", catalog.Quote(name))
	}
	if !e.engine.Catalog.CanOn(e.session.Role, catalog.Usage, catalog.OnVolume, v.ID, v.Owner) {
		return denied("external volume '%s'", v.Name)
	}
	return nil
}

func (e *environment) seesVolume(v *catalog.Volume) bool {
	return e.engine.Catalog.CanOn(e.session.Role, "", catalog.OnVolume, v.ID, v.Owner)
}

func (e *environment) showVolumes() *listing {
	l := newListing("name", "allow_writes", "comment")
	for _, v := range e.engine.Catalog.Volumes() {
		if e.seesVolume(v) {
			l.add(v.Name, asText(v.AllowWrites, booleanType, e.zone), v.Comment)
		}
	}
	return l
}

func (e *environment) describeVolume(n objectName) (*Result, error) {
	name, err := e.single(n, "External volume")
	if err != nil {
		return nil, err
	}
	v, ok := e.engine.Catalog.Volume(name)
	if !ok || !e.seesVolume(v) {
		return nil, absent("External volume", catalog.Quote(name))
	}
	l := newListing("parent_property", "property", "property_type", "property_value", "property_default")
	l.add("", "ALLOW_WRITES", "Boolean", lower(asText(v.AllowWrites, booleanType, e.zone).(string)), "true")
	for i, location := range v.Locations {
		l.add("STORAGE_LOCATIONS", "STORAGE_LOCATION_"+numberText(number(int64(i+1))), "String", location, "")
	}
	l.add("", "COMMENT", "String", v.Comment, "")
	return l.Result, nil
}
