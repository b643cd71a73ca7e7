package io.tideline.core.conversation;

import io.tideline.core.timeline.Attributes;
import java.util.Map;
import java.util.Objects;

/**
 * What owners of a conversation may change.
 *
 * @param historyVisible whether members see what was sent before they joined
 * @param attributes free, within the limits of {@link Attributes}: title, picture …
 */
public record ConversationSettings(DiffusionPolicy policy, boolean historyVisible, Map<String, String> attributes) {
    public ConversationSettings {
        Objects.requireNonNull(policy, "policy");
        attributes = new Attributes(attributes, 0).values();
    }
}
