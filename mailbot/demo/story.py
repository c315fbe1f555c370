"""The fortnight: who mails what, and when (17 to 30 April 2023)."""

from datetime import datetime
from pathlib import Path

from mailbot.clock import SHANGHAI
from mailbot.demo import texts
from mailbot.demo.mails import Attached, Sample, archive, word_file

START = datetime(2023, 4, 17, 8, 0, tzinfo=SHANGHAI)
END = datetime(2023, 5, 1, 9, 0, tzinfo=SHANGHAI)
OFFICE, DUTY = "office@dzcg.example", "duty@dzcg.example"
SAMPLES = Path(__file__).parent / "samples"
WORD = "application/msword"

# who writes from where; the other units have an address and stay silent
ADDRESSES = {
    "直属一大队": "zhishu1@dzcg.example",
    "市政管理科": "shizheng@dzcg.example",
    "通川区综合执法局": "tcqzfj@tc.example",
    "开江县住建局": "kjzjj@kj.example",
    "渠县住建局": "qxzjj@qx.example",
    "宣汉县综合执法局": "xhzfj@xh.example",
    "大竹县综合执法局": "dzxzfj@dz.example",
    "环卫处（含京环）": "huanwei@dzcg.example",
    "直属二大队": "zhishu2@dzcg.example",
    "万源市住建局": "wyzjj@wy.example",
}


def at(day: int, clock: str) -> datetime:
    """An instant of April 2023, Asia/Shanghai."""
    hour, minute = clock.split(":")
    return datetime(2023, 4, day, int(hour), int(minute), tzinfo=SHANGHAI)


def samples() -> list[Sample]:
    """All mails in order of arrival."""
    return sorted([*_drafts(), *_emergencies(), *_others()], key=lambda sample: sample.at)


def _signed(unit: str, day: str) -> str:
    return f"{unit}\n{day}\n（撰稿：宣传员　审核：分管负责人　联系电话：0000-0000000）"


def _sidewalk() -> Attached:
    title = "直属一大队开展占道经营集中整治行动"
    data = word_file(title, texts.SIDEWALK, _signed("直属一大队", "2023年4月18日"))
    return Attached(f"{title}.docx", data)


def _drafts() -> list[Sample]:
    note = "办公室：\n现报上信息稿件一篇，请审阅。"
    sidewalk = _sidewalk()
    tidy = "渠县住建局“三单”模式推进老旧小区改造"
    waste = "关于我县生活垃圾分类工作存在问题及对策建议的调研报告"
    toilet = "大竹县综合执法局开展公厕管护专项检查"
    sewer = Attached("市政管理科督导汛前清淤.doc", (SAMPLES / "sewer.doc").read_bytes(), WORD)
    revised = Attached(
        "市政管理科督导汛前清淤（修改稿）.doc", (SAMPLES / "sewer2.doc").read_bytes(), WORD
    )
    zipped = archive(
        (
            Attached(
                "环卫处开展道路深度清洗.docx",
                word_file(
                    "环卫处开展道路深度清洗", texts.SANITATION_A, _signed("环卫处", "2023年4月27日")
                ),
            ),
            Attached(
                "环卫处举办环卫工人技能比武.docx",
                word_file(
                    "环卫处举办环卫工人技能比武",
                    texts.SANITATION_B,
                    _signed("环卫处", "2023年4月27日"),
                ),
            ),
        )
    )
    return [
        Sample(
            "动态简讯 .docx，UTF-8",
            at(18, "10:20"),
            ADDRESSES["直属一大队"],
            "直属一大队",
            "直属一大队信息稿件",
            note,
            (sidewalk,),
        ),
        Sample(
            "动态简讯 .doc，GBK 标题",
            at(19, "09:05"),
            ADDRESSES["市政管理科"],
            "市政管理科",
            "【信息】市政管理科督导汛前清淤",
            note,
            (sewer,),
            "gbk",
        ),
        Sample(
            "经验做法 .docx",
            at(21, "15:30"),
            ADDRESSES["渠县住建局"],
            "渠县住建局",
            f"渠县住建局：{tidy}",
            note,
            (
                Attached(
                    f"{tidy}.docx",
                    word_file(tidy, texts.HOUSEKEEPER, _signed("渠县住建局", "2023年4月21日")),
                ),
            ),
            "gbk",
        ),
        Sample(
            "同一稿件重发",
            at(21, "16:10"),
            ADDRESSES["直属一大队"],
            "直属一大队",
            "重发：直属一大队信息稿件",
            "上一封怕没有收到，再发一次。",
            (sidewalk,),
        ),
        Sample(
            "转发他人来稿",
            at(26, "17:05"),
            ADDRESSES["大竹县综合执法局"],
            "大竹执法",
            f"Fw:{toilet}",
            "\n\n------------------ 原始邮件 ------------------\n"
            '发件人: "环卫所" <hws@dz.example>;\n发送时间: 2023年4月26日(星期三) 下午4:40\n'
            '收件人: "大竹执法" <dzxzfj@dz.example>;\n'
            f"主题: {toilet}\n\n请转报市局。",
            (
                Attached(
                    f"{toilet}.docx",
                    word_file(toilet, texts.TOILET, _signed("大竹县综合执法局", "2023年4月26日")),
                ),
            ),
        ),
        Sample(
            "问题反映 .docx",
            at(26, "11:15"),
            ADDRESSES["宣汉县综合执法局"],
            "宣汉县综合执法局",
            "报送调研信息",
            note,
            (
                Attached(
                    f"{waste}.docx",
                    word_file(waste, texts.WASTE, _signed("宣汉县综合执法局", "2023年4月26日")),
                ),
            ),
        ),
        Sample(
            "修改稿",
            at(27, "09:40"),
            ADDRESSES["市政管理科"],
            "市政管理科",
            "市政管理科督导汛前清淤（修改稿）",
            "以本稿为准。",
            (revised,),
            "gbk",
        ),
        Sample(
            "压缩包，内有两篇",
            at(28, "08:50"),
            ADDRESSES["环卫处（含京环）"],
            "环卫处",
            "环卫处本周信息两篇",
            note,
            (Attached("环卫处信息.zip", zipped, "application/zip"),),
            "gbk",
        ),
        Sample(
            "稿件写在邮件正文里",
            at(28, "16:20"),
            ADDRESSES["直属二大队"],
            "直属二大队",
            "直属二大队开展夜间施工噪声专项巡查",
            f"办公室：您好！\n\n直属二大队开展夜间施工噪声专项巡查\n{texts.COMPLAINTS}\n\n直属二大队\n2023年4月28日",
        ),
    ]


def _emergencies() -> list[Sample]:
    leak = "关于张家湾路口燃气管道被挖断的首报"
    wall = "关于新宁镇在建工地围墙坍塌的情况报告"
    return [
        Sample(
            "突发事件，按时",
            at(20, "08:41"),
            ADDRESSES["通川区综合执法局"],
            "通川区综合执法局",
            f"【紧急】{leak}",
            "突发事件首报，详见附件。",
            (
                Attached(
                    f"{leak}.docx",
                    word_file(leak, texts.GAS_LEAK, "通川区综合执法局\n2023年4月20日"),
                ),
            ),
        ),
        Sample(
            "突发事件，超时",
            at(25, "07:35"),
            ADDRESSES["开江县住建局"],
            "开江县住建局",
            wall,
            "现将有关情况报告如下，详见附件。",
            (Attached(f"{wall}.docx", word_file(wall, texts.WALL, "开江县住建局\n2023年4月25日")),),
            "gbk",
        ),
    ]


def _others() -> list[Sample]:
    link = (
        "<div>各位领导，稿件和照片较大，请下载：</div>"
        "<div>从网易163邮箱发来的超大附件</div>"
        '<a href="https://mail.163.com/large-attachment-download/index.html?file=djAy">'
        "万源市住建局汛期检查.docx</a><span>(80.96M, 2023年5月8日 0:49 到期)</span>"
    )
    advert = (
        "<html><body><h2>企业邮箱限时五折优惠</h2><p>尊敬的用户，邮箱扩容套餐全场五折，"
        "发票、会议、培训一站式服务，点击链接立即领取优惠券，退订请回复TD。</p></body></html>"
    )
    return [
        Sample(
            "自动回复",
            at(24, "11:00"),
            ADDRESSES["开江县住建局"],
            "开江县住建局",
            "自动回复: 【回执】来稿",
            "您好，我已休假，邮件稍后回复。",
            headers=(("X-QQ-AUTO-REPLY", "true"),),
        ),
        Sample(
            "广告",
            at(25, "14:00"),
            "promo@mail.example",
            "企业邮箱优惠中心",
            "【限时优惠】企业邮箱五折起",
            "",
            html=advert,
        ),
        Sample(
            "超大附件链接",
            at(27, "15:00"),
            ADDRESSES["万源市住建局"],
            "万源市住建局",
            "万源市住建局汛期检查信息",
            "",
            html=link,
            charset="gbk",
        ),
    ]
