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
 * @param put names to set, within the limits of {@link Attributes}
 * @param remove names to drop; a name must not stand in both
 * @param expectedVersion the version the caller has seen, checked in the same step; empty to change whatever is there
 */
public record AttributesChange(
        TimelineId timeline, Map<String, String> put, Set<String> remove, OptionalLong expectedVersion) {
    public AttributesChange {
        // Refuses bad names and values here, so that none is found after the timeline has been read.
        put = new Attributes(put, 0).values();
        remove = Set.copyOf(remove);
        for (String name : remove) {
            if (put.containsKey(name)) {
                throw new IllegalArgumentException("attribute " + name + ": put and removed (expected: one of them)");
            }
        }
    }

    /**
     * What becomes of this change when {@code current} is what is there: {@link ChangeOutcome.Changed} with the
     * attributes to be stored, or the reason why none are.
     */
    public ChangeOutcome applyTo(TimelineDescription current) {
        Attributes attributes = current.attributes();
        if (expectedVersion.isPresent() && expectedVersion.getAsLong() != attributes.version()) {
            return new ChangeOutcome.VersionMismatch(attributes);
        }
        Map<String, String> values = new HashMap<>(attributes.values());
        values.putAll(put);
        values.keySet().removeAll(remove);
        if (values.size() > Attributes.MAX_COUNT) {
            return new ChangeOutcome.TooManyAttributes(values.size());
        }
        return new ChangeOutcome.Changed(new TimelineDescription(
                current.timeline(), current.head(), new Attributes(values, attributes.version() + 1)));
    }
}
