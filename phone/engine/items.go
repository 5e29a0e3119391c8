package engine

import (
	"cmp"
	"maps"
	"slices"

	"svara/phone"
	"svara/phone/template"
)

// setUp is what the user has set up: items by kind and key, and the same as lists in their order. It is never changed in
// place; with and without make new ones.
type setUp struct {
	items map[phone.ItemKind]map[string]phone.Item

	shortcuts []phone.Shortcut
	plans     []phone.Plan
	hours     phone.WorkingHours
	links     []phone.Link
	profiles  []phone.Profile
	roles     []phone.Role
	queues    []phone.Queue
	lookups   []phone.Lookup
	templates []phone.Template
	ready     bool // shortcuts are those the phone comes with, not written down
}

func newSetUp(all []phone.Item) setUp {
	u := setUp{items: map[phone.ItemKind]map[string]phone.Item{}}
	for _, item := range all {
		u.put(item)
	}
	if len(u.items[phone.ItemShortcut]) == 0 {
		u.ready = true
		for _, item := range readyShortcuts() {
			u.put(item)
		}
	}
	u.list()
	return u
}

// put is for who has made the maps.
func (u *setUp) put(item phone.Item) {
	kind := item.ItemKind()
	if u.items[kind] == nil {
		u.items[kind] = map[string]phone.Item{}
	}
	u.items[kind][item.Key()] = item
}

// with is a copy with one item more or changed.
func (u setUp) with(item phone.Item) setUp {
	u.items = maps.Clone(u.items)
	u.items[item.ItemKind()] = maps.Clone(u.items[item.ItemKind()])
	u.put(item)
	u.list()
	return u
}

// without is a copy with one item less.
func (u setUp) without(kind phone.ItemKind, key string) setUp {
	u.items = maps.Clone(u.items)
	u.items[kind] = maps.Clone(u.items[kind])
	delete(u.items[kind], key)
	u.list()
	return u
}

// list makes the lists of the items.
func (u *setUp) list() {
	u.shortcuts = ordered(u, phone.ItemShortcut, func(i phone.Shortcut) int { return i.Place })
	u.plans = ordered(u, phone.ItemPlan, func(phone.Plan) int { return 0 })
	u.links = ordered(u, phone.ItemLink, func(i phone.Link) int { return slices.Index(phone.ActivityKinds, i.Kind) })
	u.profiles = ordered(u, phone.ItemProfile, func(i phone.Profile) int { return len(i.Number) })
	u.roles = ordered(u, phone.ItemRole, func(i phone.Role) int { return i.Place })
	u.queues = ordered(u, phone.ItemQueue, func(i phone.Queue) int { return i.Place })
	u.lookups = ordered(u, phone.ItemLookup, func(i phone.Lookup) int { return i.Place })
	u.templates = ordered(u, phone.ItemTemplate, func(i phone.Template) int { return i.Place })
	u.hours, _ = u.items[phone.ItemHours][""].(phone.WorkingHours)
}

// ordered is the items of a kind by place, then key.
func ordered[I phone.Item](u *setUp, kind phone.ItemKind, place func(I) int) []I {
	var out []I
	for _, item := range u.items[kind] {
		if i, ok := item.(I); ok {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b I) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Key(), b.Key()))
	})
	return out
}

// readyShortcuts are the quick activities a phone comes with (features.md F2). Their names are made from kind and length.
func readyShortcuts() []phone.Item {
	minutes := func(n int) phone.Length { return phone.Length{Kind: phone.LengthMinutes, Minutes: n} }
	all := []phone.Shortcut{
		{ID: "available", Kind: phone.ActivityAvailable},
		{ID: "busy-15", Kind: phone.ActivityBusy, Length: minutes(15)},
		{ID: "busy-30", Kind: phone.ActivityBusy, Length: minutes(30)},
		{ID: "busy-45", Kind: phone.ActivityBusy, Length: minutes(45)},
		{ID: "meeting-1", Kind: phone.ActivityMeeting, Length: minutes(60)},
		{ID: "meeting-2", Kind: phone.ActivityMeeting, Length: minutes(120)},
		{ID: "meeting-3", Kind: phone.ActivityMeeting, Length: minutes(180)},
		{ID: "lunch", Kind: phone.ActivityLunch, Length: minutes(60)},
		{ID: "gone", Kind: phone.ActivityGone, Length: phone.Length{Kind: phone.LengthNextWorkingDay}},
	}
	out := make([]phone.Item, len(all))
	for i := range all {
		all[i].Place = i + 1
		out[i] = all[i]
	}
	return out
}

func (t *turn) putItem(cmd phone.PutItem) error {
	if cmd.Item == nil {
		return phone.Refuse(phone.ReasonBadItem, "")
	}
	if err := cmd.Item.Validate(); err != nil {
		return err
	}
	switch i := cmd.Item.(type) {
	case phone.Lookup:
		if err := template.CheckAddress(i.URL); err != nil {
			return err
		}
	case phone.Plan:
		if i.Role != "" && !t.s.knownRole(i.Role) {
			return phone.Refuse(phone.ReasonBadItem, "role")
		}
	case phone.Role:
		if i.Account != "" && t.s.account(i.Account) == nil {
			return phone.Refuse(phone.ReasonBadItem, "account")
		}
	case phone.Queue:
		if i.Account != "" && t.s.account(i.Account) == nil {
			return phone.Refuse(phone.ReasonBadItem, "account")
		}
	}
	if !cmd.SessionOnly {
		t.keepReady(cmd.Item.ItemKind())
		t.do(fxPutItem{cmd.Item})
	}
	t.s.set = t.s.set.with(cmd.Item)
	t.editRouting(cmd.Item.ItemKind(), cmd.Item.Key())
	t.itemsChanged()
	return nil
}

func (t *turn) removeItem(cmd phone.RemoveItem) error {
	if _, ok := t.s.set.items[cmd.Kind][cmd.Key]; !ok {
		return phone.Refuse(phone.ReasonNoItem, cmd.Key)
	}
	t.keepReady(cmd.Kind)
	t.s.set = t.s.set.without(cmd.Kind, cmd.Key)
	t.do(fxRemoveItem{cmd.Kind, cmd.Key})
	t.editRouting(cmd.Kind, cmd.Key)
	t.itemsChanged()
	return nil
}

// keepReady writes the shortcuts the phone came with down before the user changes the first of them.
func (t *turn) keepReady(kind phone.ItemKind) {
	if kind != phone.ItemShortcut || !t.s.set.ready {
		return
	}
	t.s.set.ready = false
	for _, i := range t.s.set.shortcuts {
		t.do(fxPutItem{i})
	}
}

// itemsChanged works out again what follows from items.
func (t *turn) itemsChanged() {
	t.s.me.look = t.now
	t.s.me.planned = nil
	t.followQueues()
	if r := &t.s.roles; r.now != "" && !t.s.knownRole(r.now) {
		t.setNowRole("")
	}
	if r := &t.s.roles; r.next != "" && !t.s.knownRole(r.next) {
		r.next = ""
	}
}
