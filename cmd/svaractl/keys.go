package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"svara/assets"
	"svara/phone"
	"svara/phone/control"
	"svara/ui/command"
	"svara/ui/text"
)

// keys are the keys of the window's commands. They are in a setting, so they can be changed with no window too.
func keys(c *cli, ctx context.Context, args []string) error {
	return group("keys", map[string]runner{"list": (*cli).keysList, "bind": (*cli).keysBind, "unbind": (*cli).keysUnbind, "reset": (*cli).keysReset})(c, ctx, args)
}

// commandKeys is a command in the answer of keys list.
type commandKeys struct {
	ID      command.ID `json:"id"`
	Keys    []string   `json:"keys"`
	Changed bool       `json:"changed,omitempty"`
	Title   string     `json:"title"`
}

// keymap asks the phone for the setting and makes the keymap of it. What of it cannot be used is written on standard
// error.
func (c *cli) keymap(ctx context.Context, client *control.Client) (*command.Keymap, error) {
	defaults, err := command.ParseBindings(assets.Keys())
	if err != nil {
		return nil, err
	}
	all, err := command.Registry(defaults)
	if err != nil {
		return nil, err
	}
	var s control.Setting
	if err := client.Call(ctx, "get", map[string]string{"key": phone.KeyKeys}, &s); err != nil {
		return nil, err
	}
	k, problems := command.Rebound(all, s.Value)
	for _, p := range problems {
		c.printf(c.errs, "left out: %s\n", clean(strings.Join(strings.Fields(fmt.Sprintln(p.ID, p.Chord, strings.TrimPrefix(p.Why, "keys."), p.Other)), " ")))
	}
	return k, nil
}

func (c *cli) keysList(ctx context.Context, args []string) error {
	fs := c.flags("keys")
	changed := fs.Bool("changed", false, "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	k, err := c.keymap(ctx, client)
	if err != nil {
		return err
	}
	list := []commandKeys{}
	for _, cmd := range k.Commands() {
		one := commandKeys{ID: cmd.ID, Keys: []string{}, Changed: !slices.Equal(k.Chords(cmd.ID), cmd.Default), Title: text.In("en", cmd.Title)}
		for _, chord := range k.Chords(cmd.ID) {
			one.Keys = append(one.Keys, chord.String())
		}
		if one.Changed || !*changed {
			list = append(list, one)
		}
	}
	if c.json {
		raw, err := json.Marshal(list)
		if err != nil {
			return err
		}
		c.printf(c.out, "%s\n", raw)
		return nil
	}
	t := c.table()
	for _, one := range list {
		mark := ""
		if one.Changed {
			mark = "changed"
		}
		t.row(string(one.ID), strings.Join(one.Keys, " "), one.Title, mark)
	}
	t.flush()
	return nil
}

// changeKeys reads the keys, lets them be changed one step after another, and writes them.
func (c *cli) changeKeys(ctx context.Context, steps []func(*command.Keymap) (command.Rebinding, error)) error {
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	k, err := c.keymap(ctx, client)
	if err != nil {
		return err
	}
	for _, step := range steps {
		b, err := step(k)
		if err != nil {
			return err
		}
		k, _ = command.Rebound(k.Commands(), command.FormatBindings(b))
	}
	_, err = client.Do(ctx, phone.Set{Key: phone.KeyKeys, Value: command.FormatBindings(k.Changed())})
	return err
}

// known finds a command that was named.
func known(k *command.Keymap, id string) (command.Command, error) {
	cmd, ok := k.Command(command.ID(id))
	if !ok {
		return cmd, phone.Refuse(phone.ReasonBadCommand, "no command "+id+"; see svaractl keys list")
	}
	return cmd, nil
}

func (c *cli) keysBind(ctx context.Context, args []string) error {
	fs := c.flags("keys")
	replace := fs.Bool("replace", false, "")
	named, err := words(fs, args, 2, -1)
	if err != nil {
		return err
	}
	var steps []func(*command.Keymap) (command.Rebinding, error)
	for _, key := range named[1:] {
		chord, err := command.ParseChord(key)
		if err != nil {
			return &usageError{verb: "keys", why: err.Error()}
		}
		steps = append(steps, func(k *command.Keymap) (command.Rebinding, error) {
			cmd, err := known(k, named[0])
			if err != nil {
				return nil, err
			}
			if why := command.Reserved(cmd, chord); why != "" {
				return nil, phone.Refuse(phone.ReasonBadCommand, key+": "+text.In("en", why))
			}
			others, apart := k.Taken(cmd.ID, chord)
			if len(others) > 0 && !apart && !*replace {
				return nil, phone.Refuse(phone.ReasonBadCommand, key+" is "+string(others[0].ID)+"; --replace takes it")
			}
			return k.With(cmd.ID, chord, *replace), nil
		})
	}
	return c.changeKeys(ctx, steps)
}

func (c *cli) keysUnbind(ctx context.Context, args []string) error {
	named, err := words(c.flags("keys"), args, 1, -1)
	if err != nil {
		return err
	}
	var chords []command.Chord
	for _, key := range named[1:] {
		chord, err := command.ParseChord(key)
		if err != nil {
			return &usageError{verb: "keys", why: err.Error()}
		}
		chords = append(chords, chord)
	}
	return c.changeKeys(ctx, []func(*command.Keymap) (command.Rebinding, error){func(k *command.Keymap) (command.Rebinding, error) {
		cmd, err := known(k, named[0])
		if err != nil {
			return nil, err
		}
		if cmd.Fixed {
			return nil, phone.Refuse(phone.ReasonBadCommand, text.In("en", "keys.reserved.fixed"))
		}
		b := k.Changed()
		b[cmd.ID] = []command.Chord{}
		if len(chords) > 0 {
			b[cmd.ID] = slices.DeleteFunc(slices.Clone(k.Chords(cmd.ID)), func(x command.Chord) bool { return slices.Contains(chords, x) })
		}
		return b, nil
	}})
}

func (c *cli) keysReset(ctx context.Context, args []string) error {
	named, err := words(c.flags("keys"), args, 0, -1)
	if err != nil {
		return err
	}
	if len(named) == 0 {
		return c.do(ctx, phone.Set{Key: phone.KeyKeys})
	}
	var steps []func(*command.Keymap) (command.Rebinding, error)
	for _, id := range named {
		steps = append(steps, func(k *command.Keymap) (command.Rebinding, error) {
			cmd, err := known(k, id)
			if err != nil {
				return nil, err
			}
			return k.Reset(cmd.ID), nil
		})
	}
	return c.changeKeys(ctx, steps)
}

// windowCommand does a command of the window, as its key does it.
func (c *cli) windowCommand(ctx context.Context, args []string) error {
	named, err := words(c.flags("do"), args, 1, 2)
	if err != nil {
		return err
	}
	nth := 0
	if len(named) == 2 {
		if nth, err = strconv.Atoi(named[1]); err != nil || nth < 1 || nth > 9 {
			return &usageError{verb: "do", why: "a number from 1 to 9, not " + named[1]}
		}
	}
	return ask(ctx, c, "do", map[string]any{"command": named[0], "nth": nth}, func(control.Done) {})
}
