package io.tideline.store.conversation;

import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.timeline.Attributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A change of a conversation's settings; what is empty stays as it is.
 *
 * @param putAttributes names to set; a name must not stand in both
 * @param removeAttributes names to drop
 */
public record SettingsChange(
        Optional<DiffusionPolicy> policy,
        Optional<Boolean> historyVisible,
        Map<String, String> putAttributes,
        Set<String> removeAttributes) {
    public SettingsChange {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(historyVisible, "historyVisible");
        putAttributes = new Attributes(putAttributes, 0).values();
        removeAttributes = Set.copyOf(removeAttributes);
        for (String name : removeAttributes) {
            if (putAttributes.containsKey(name)) {
                throw new IllegalArgumentException("attribute " + name + ": put and removed (expected: one of them)");
            }
        }
    }

    /**
     * The settings after the change.
     *
     * @throws IllegalArgumentException when there would be more attributes than {@link Attributes#MAX_COUNT}
     */
    public ConversationSettings applyTo(ConversationSettings current) {
        Map<String, String> attributes = new HashMap<>(current.attributes());
        attributes.putAll(putAttributes);
        attributes.keySet().removeAll(removeAttributes);
        return new ConversationSettings(
                policy.orElse(current.policy()), historyVisible.orElse(current.historyVisible()), attributes);
    }
}
