package ui

import (
	"context"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/view"
	"svara/ui/view/attendant"
	"svara/ui/view/plans"
	"svara/ui/view/queue"
)

// The windows of forms about one thing: no command opens them.
const (
	viewGroupNote     command.View = "grouplog-note"
	viewQueueSettings command.View = "queue-settings"
	viewColleague     command.View = "colleague-activity"
	viewPlans         command.View = "colleague-plans"
)

// groupLog asks the team server off the UI goroutine.
func (a *App) groupLog(q phone.GroupLogQuery, answer func(phone.GroupLogPage, error)) {
	if a.opts.sync {
		answer(a.opts.GroupLog.GroupLog(a.group.ctx, q))
		return
	}
	off(a, func(ctx context.Context) (phone.GroupLogPage, error) { return a.opts.GroupLog.GroupLog(ctx, q) }, answer)
}

// noteGroupCall is the form of a note on a call to a queue.
func (a *App) noteGroupCall(c phone.GroupCall, name string) {
	a.panels.show(a, viewGroupNote, panelKind{"callnote.note", 440, 380, editor(func() present.Editor { return present.GroupNoteForm(c, name) })}, true)
}

// colleagueActivity is the form of a colleague's activity.
func (a *App) colleagueActivity(who phone.TeamPersonID, p phone.Person) {
	a.panels.show(a, viewColleague, panelKind{"colleague.set", 480, 480, editor(func() present.Editor { return present.ColleagueForm(who, p) })}, true)
}

// colleaguePlans is the window of a colleague's future activities.
func (a *App) colleaguePlans(who phone.TeamPersonID, p phone.Person) {
	a.panels.show(a, viewPlans, panelKind{"me.schedule", 860, 640, func(deps view.Deps, s present.Scene, closed func()) panel {
		return plans.New(deps, s, who, p.Label(), closed)
	}}, true)
}

// askPlans asks the team server off the UI goroutine.
func (a *App) askPlans(who phone.TeamPersonID, answer func(phone.ColleaguePlans, error)) {
	off(a, func(ctx context.Context) (phone.ColleaguePlans, error) {
		return a.opts.Colleagues.ColleaguePlans(ctx, who)
	}, answer)
}

// queueSettings is the form of a queue's settings.
func (a *App) queueSettings(id phone.QueueID, name string) {
	a.panels.show(a, viewQueueSettings, panelKind{"queue.settings", 520, 620, editor(func() present.Editor { return present.QueueSettingsForm(id, name) })}, true)
}

// queuePage shows a queue of the team server's, where the face in front has its pages.
func (a *App) queuePage(id phone.QueueID) {
	a.show(command.ViewQueueStats)
	if f, ok := a.face().(*attendant.View); ok {
		f.OpenQueue(id)
		return
	}
	if w := a.panels[command.ViewQueueStats]; w != nil {
		if p, ok := w.view.(*queue.Page); ok {
			p.Open(id)
		}
	}
}
