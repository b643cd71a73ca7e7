package io.tideline.store.search.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.timeline.AppId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WordAnalyzerTest {
    private final WordAnalyzer analyzer = new WordAnalyzer();

    private List<String> words(String text) {
        return analyzer.tokens(text).stream().map(WordAnalyzer.Token::term).toList();
    }

    @Test
    void words_areRunsOfLettersAndDigits_inLowerCase() {
        assertThat(words("Where is it, Dynamicrealism?")).containsExactly("where", "is", "it", "dynamicrealism");
        assertThat(words("http://www.Ubuntu.com/a_b")).containsExactly("http", "www", "ubuntu", "com", "a", "b");
        assertThat(words("don't 1.5")).containsExactly("don", "t", "1", "5");
        assertThat(words("-> !")).isEmpty();
    }

    @Test
    void cjk_isFoundByPairs_andAloneByItself() {
        assertThat(words("東京都")).containsExactly("東京", "京都");
        assertThat(words("東")).containsExactly("東");
        assertThat(words("서울 tower")).containsExactly("서울", "tower");
        assertThat(analyzer.tokens("東京 tower"))
                .extracting(WordAnalyzer.Token::position)
                .containsExactly(0, 2);
    }

    @Test
    void widths_areMadeEqual() {
        assertThat(words("ＡＢＣ")).containsExactly("abc");
        assertThat(words("ｶﾀｶﾅ")).isEqualTo(words("カタカナ"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop", "Shop", "..", "a/b", "größe 東", "%41"})
    void appDirectories_comeBack(String app) {
        String name = AppDirectories.name(new AppId(app));

        assertThat(name).matches("[a-z0-9%-]+");
        assertThat(AppDirectories.app(name)).contains(new AppId(app));
    }

    @Test
    void appDirectories_ofOthers_areNone() {
        assertThat(AppDirectories.app("Shop")).isEmpty();
        assertThat(AppDirectories.app("%4")).isEmpty();
        assertThat(AppDirectories.app("%zz")).isEmpty();
    }
}
