package io.tideline.api.server.sync;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.tideline.api.server.translate.MessageResponses;
import io.tideline.api.v1.Message;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.message.MessageView;
import org.jspecify.annotations.Nullable;

/**
 * Messages that go to many devices, translated once. Known by identity: push hands the same object to all devices of a
 * conversation.
 */
final class SharedMessages {
    private static final int MAX_MESSAGES = 10_000;

    private final Cache<MessageView, Message> known =
            CacheBuilder.newBuilder().weakKeys().maximumSize(MAX_MESSAGES).build();

    Message of(ConversationId conversation, MessageView view) {
        @Nullable Message translated = known.getIfPresent(view);
        if (translated == null) {
            translated = MessageResponses.message(conversation, view);
            known.put(view, translated);
        }
        return translated;
    }
}
