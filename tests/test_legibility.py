"""What a wrong decoder makes of Chinese is refused; what offices really write is not."""

import pytest

from parsers.documents.legibility import legible

NEWS = (
    "近日，通川区综合行政执法局联合公安、市场监管等部门，对石岭农贸市场周边流动摊贩开展集中整治，"
    "共劝离摊贩31户，暂扣物品9件。行动中，执法人员坚持教育与处罚相结合，引导摊贩入场经营。"
    "下一步，将健全长效机制，加大巡查频次，持续巩固工作成果，不断提升群众满意度。"
)
WRONG = [
    *[("gb18030", charset) for charset in ("latin-1", "cp1252", "utf-8", "big5", "cp932", "euc_kr", "utf-16-le", "cp437", "cp1251", "koi8-r", "iso8859-5", "cp874", "cp1253", "cp1255", "cp1256", "iso8859-6", "iso8859-8", "cp949", "johab", "cp1258", "mac_arabic", "utf-16-be", "mac_roman")],
    *[("utf-8", charset) for charset in ("gb18030", "latin-1", "cp1252", "cp1251", "utf-16-le")],
    *[("utf-16-le", charset) for charset in ("gb18030", "utf-16-be", "latin-1")],
    ("big5", "gb18030"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "read"), [pytest.param(*pair, id="-as-".join(pair)) for pair in WRONG])  # fmt: skip
def test_wrong_decoding_is_no_text(written: str, read: str) -> None:
    garbled = NEWS.encode(written, "ignore").decode(read, "replace")

    assert not legible(garbled)


@pytest.mark.parametrize(
    "garbled",
    [
        pytest.param(NEWS.encode("gb18030").decode("utf-8", "ignore"), id="undecodable-dropped"),
        pytest.param(NEWS.encode("ascii", "replace").decode(), id="question-marks"),
        pytest.param("锟斤拷" * 40 + NEWS, id="replacements-saved-as-gbk"),
        pytest.param(NEWS[:40] + "\ufffd" * 20, id="replacements"),
        pytest.param("\x01\x02\x03\x04\x05\x06\x07\x08", id="controls"),
    ],
)
def test_damage_is_no_text(garbled: str) -> None:
    assert not legible(garbled)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(NEWS, id="news"),
        pytest.param("OK", id="two-letters"),
        pytest.param("12345", id="number"),
        pytest.param("☑ 是 □ 否 √", id="ticks"),
        pytest.param("\uf0fc 已完成", id="symbol-font"),
        pytest.param("E=mc²，∑(xᵢ−x̄)²/n≤0.05，ΔP=ρgh+½ρv²", id="formula"),
        pytest.param("PM₂.₅、BOD₅、H₂O、㎡、‰、Ⅳ类", id="units"),
        pytest.param("阿依古丽·买买提、吉克阿木", id="minority-names"),
        pytest.param("ꆈꌠꉙ 彝文标识", id="yi-sign"),
        pytest.param("한국어 방문단 来访", id="korean-visitors"),
        pytest.param("한국 서울시 도시관리 공무원 방문단이 청두시를 방문하였다", id="korean-letter"),
        pytest.param("مرحبا بكم في مدينة تشنغدو، نرحب بالوفد الزائر اليوم", id="arabic-letter"),
        pytest.param("ברוכים הבאים לעיר שלנו (welcome) היום", id="hebrew-letter"),
        pytest.param("ยินดีต้อนรับคณะผู้แทนที่มาเยือนเมืองเฉิงตูในวันนี้", id="thai-letter"),
        pytest.param("Kính gửi các đồng chí: người dân được hướng dẫn về trật tự đường phố", id="vietnamese"),
        pytest.param("și țară și viață și piață și stradă și oraș și cetățeni", id="romanian"),
        pytest.param("Привет из России", id="russian"),
        pytest.param("Société Générale à Paris, été naïf", id="french"),
        pytest.param("lǜ sè chéng shì, zhǒng shù", id="pinyin"),
        pytest.param("城管執法隊伍開展垃圾分類宣傳，居民紛紛表示將養成良好習慣。" * 3, id="traditional"),
        pytest.param("饕餮貔貅麒麟獬豸", id="rare-characters"),
        pytest.param("𠮷𬭚㙍镕堃喆玥旻赟", id="rare-names"),
        pytest.param("王磊、李强、张敏、刘洋、陈静、杨帆、赵倩、黄涛、周颖、吴昊、徐蕾、孙鹏", id="list-of-names"),
        pytest.param("苯乙烯、甲苯、二噁英、呋喃、吡啶、噻吩、氨氮", id="chemicals"),
        pytest.param("为什么？怎么办？谁来管？" * 10, id="questions"),
        pytest.param("是吗?真的?为什么?怎么办?谁来管?何时办?", id="half-width-questions"),
        pytest.param("……——……", id="punctuation"),
        pytest.param("", id="empty"),
    ],
)  # fmt: skip
def test_what_offices_write_is_text(text: str) -> None:
    assert legible(text)
