package io.tideline.core.store;

import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.TimelineId;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A change of a timeline's attributes in one step.
 *
 * @param put names to set
 * @param remove names to drop; a name must not stand in both
 * @param expectedVersion the version the caller has seen, checked in the same step; empty to change whatever is there
 */
public record AttributesChange(
        TimelineId timeline, Map<String, String> put, Set<String> remove, OptionalLong expectedVersion) {
    public AttributesChange {
        put = Map.copyOf(put);
        remove = Set.copyOf(remove);
        for (String name : remove) {
            if (put.containsKey(name)) {
                throw new IllegalArgumentException("attribute " + name + ": put and removed (expected: one of them)");
            }
        }
    }

    /**
     * The attributes after this change, with the next version.
     *
     * @throws IllegalArgumentException when they would be too many
     */
    public Attributes applyTo(Attributes current) {
        Map<String, String> values = new HashMap<>(current.values());
        values.putAll(put);
        values.keySet().removeAll(remove);
        return new Attributes(values, current.version() + 1);
    }
}
