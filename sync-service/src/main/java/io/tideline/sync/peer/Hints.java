package io.tideline.sync.peer;

import io.tideline.core.feed.Change;
import io.tideline.sync.device.Device;
import java.util.List;

/**
 * What one server tells another at a time.
 *
 * @param moved timelines that have come at least so far
 * @param opened devices that have a new stream at the server that tells
 */
public record Hints(List<Change> moved, List<Device> opened) {
    public Hints {
        moved = List.copyOf(moved);
        opened = List.copyOf(opened);
    }

    public int size() {
        return moved.size() + opened.size();
    }
}
