package device

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/jfreymuth/pulse/proto"

	"svara/audio"
)

// pulseDevice is a sink or source of a sound server.
type pulseDevice struct {
	audio.Device
	name string // the server's own name for it; for one piece of hardware another in each of its profiles
}

const (
	sinkPrefix, sourcePrefix = "sink:", "source:" // of our IDs
	dummySink                = "auto_null"        // what a server without any speaker shows
	unplugged                = 1                  // a port's "no" to whether there is anything plugged in
)

// pulseDevices makes our list of the server's. Sources that only listen to a sink are left out: they are no microphones;
// and so is what has a socket with nothing plugged in. What was chosen for this program alone is the system's choice.
func pulseDevices(defaultSink, defaultSource string, sinks proto.GetSinkInfoListReply, sources proto.GetSourceInfoListReply) []pulseDevice {
	var in, out []found
	for _, s := range sources {
		if s.MonitorSourceIndex != proto.Undefined {
			continue
		}
		if !plugged(len(s.Ports), func(i int) uint32 { return s.Ports[i].Available }) {
			continue
		}
		in = append(in, found{name: s.SourceName, properties: s.Properties, muted: s.Mute || atZero(s.ChannelVolumes)})
	}
	for _, s := range sinks {
		if s.SinkName == dummySink {
			continue
		}
		if !plugged(len(s.Ports), func(i int) uint32 { return s.Ports[i].Available }) {
			continue
		}
		out = append(out, found{name: s.SinkName, properties: s.Properties})
	}
	sourceName, sinkName := choice(in, chosenBy("PULSE_SOURCE", defaultSource), defaultSource), choice(out, chosenBy("PULSE_SINK", defaultSink), defaultSink)
	list := identify(in, sourcePrefix, func(f found, d *audio.Device) { d.Input, d.Muted, d.Default = true, f.muted, f.name == sourceName })
	return append(list, identify(out, sinkPrefix, func(f found, d *audio.Device) { d.Output, d.Default = true, f.name == sinkName })...)
}

// atZero reports whether every channel has been turned all the way down, which nobody can tell from muted.
func atZero(volumes proto.ChannelVolumes) bool {
	return len(volumes) > 0 && slices.Max(volumes) == 0
}

// plugged reports whether there may be something in one of so many sockets, or there are none.
func plugged(sockets int, available func(i int) uint32) bool {
	for i := range sockets {
		if available(i) != unplugged {
			return true
		}
	}
	return sockets == 0
}

// found is what identify needs to know of a sink or source.
type found struct {
	name       string
	properties proto.PropList
	muted      bool
}

func choice(list []found, name, otherwise string) string {
	if slices.ContainsFunc(list, func(f found) bool { return f.name == name }) {
		return name
	}
	return otherwise
}

// identify gives each its ID: what is stamped on the hardware where that is known, so that a headset is the same one in
// another socket or another profile (Bluetooth with and without a microphone), else the server's name for it. Of several
// of one piece of hardware all but the first have a number.
func identify(list []found, prefix string, more func(found, *audio.Device)) []pulseDevice {
	list = slices.Clone(list)
	byPlace := slices.Clone(list)
	slices.SortStableFunc(byPlace, func(a, b found) int {
		return cmp.Or(strings.Compare(property(a.properties, "device.bus_path", "device.bus-path"), property(b.properties, "device.bus_path", "device.bus-path")), strings.Compare(a.name, b.name))
	})
	ids, seen := map[string]string{}, map[string]int{}
	for _, f := range byPlace {
		id := prefix + identity(f)
		if seen[id]++; seen[id] > 1 {
			id += "#" + strconv.Itoa(seen[id])
		}
		ids[f.name] = id
	}
	var devices []pulseDevice
	for _, f := range list {
		d := pulseDevice{name: f.name, Device: audio.Device{ID: ids[f.name], Name: cmp.Or(property(f.properties, "device.description"), f.name)}}
		more(f, &d.Device)
		devices = append(devices, d)
	}
	return devices
}

func identity(f found) string {
	if address := property(f.properties, "api.bluez5.address"); address != "" {
		return "bluetooth:" + address
	}
	if strings.HasPrefix(property(f.properties, "device.api"), "bluez") {
		if address := property(f.properties, "device.string"); address != "" {
			return "bluetooth:" + address
		}
	}
	if serial := property(f.properties, "device.serial"); serial != "" {
		return "serial:" + serial
	}
	return f.name
}

// property is the first of a device's properties that there is.
func property(list proto.PropList, keys ...string) string {
	for _, key := range keys {
		if v, ok := list[key]; ok {
			return strings.TrimRight(string(v), "\x00")
		}
	}
	return ""
}
